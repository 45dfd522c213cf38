/*
 * Does to an echo server what the worst of its peers would: hostile_echo MODE PORT|/PATH COUNT RATE SEED
 * silent, slowread, deaf, slowwrite, halfclose, greedy: COUNT connections that are held;
 * reset, storm, scan, halfopen, garbage, vanish, flood: RATE a second. It goes on until its standard input ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536, TICK_MS = 5 };

static const char *mode, *target;
static int is_unix;
static char bytes[CHUNK];

static int is(const char *name) { return strcmp(mode, name) == 0; }

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Whether whoever started this is still there, after so many milliseconds at most. */
static int goes_on(int milliseconds)
{
    struct pollfd input = { .fd = 0, .events = POLLIN };
    char byte;
    return poll(&input, 1, milliseconds) == 0 || read(0, &byte, 1) > 0;
}

static struct sockaddr_in internet(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return address;
}

/* From any address of 127/8: one alone has too few ports for connections that end on this side. */
static void bind_anywhere(int file)
{
    struct sockaddr_in address = internet(0);
    int one = 1;
    address.sin_addr.s_addr = htonl(0x7f000000u | (1u + (unsigned)rand() % 0xfffffdu));
    setsockopt(file, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof(one));
    bind(file, (struct sockaddr *)&address, sizeof(address));
}

/* A connected socket that does not block, or -1. */
static int dial(int port)
{
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    struct sockaddr_in address = internet(port);
    struct pollfd wait = { .events = POLLOUT };
    int result;
    wait.fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (wait.fd < 0)
        return -1;
    strncpy(path.sun_path, target, sizeof(path.sun_path) - 1);
    if (!is_unix)
        bind_anywhere(wait.fd);
    do
        result = is_unix ? connect(wait.fd, (struct sockaddr *)&path, sizeof(path))
                         : connect(wait.fd, (struct sockaddr *)&address, sizeof(address));
    while (result < 0 && errno == EAGAIN && goes_on(1)); /* A full backlog of a Unix socket. */
    if (result < 0 && errno == EINPROGRESS && poll(&wait, 1, 2000) == 1) {
        socklen_t length = sizeof(result);
        getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &result, &length);
    }
    if (result != 0) {
        close(wait.fd);
        return -1;
    }
    return wait.fd;
}

static void reset_on_close(int file)
{
    struct linger linger = { 1, 0 };
    setsockopt(file, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* A descriptor that nobody asked for. */
static void send_descriptor(int file)
{
    char space[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec data = { bytes, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof(file));
    sendmsg(file, &message, MSG_NOSIGNAL);
}

/* Goes so far with an exchange and no further. */
static void go_to_stage(int file, int stage)
{
    if (stage >= 1)
        send(file, bytes, 1 + (size_t)rand() % CHUNK, MSG_NOSIGNAL);
    if (stage == 2)
        send(file, bytes, 1, MSG_NOSIGNAL | MSG_OOB);
    if (stage == 3 || stage == 4)
        recv(file, bytes, 1 + (size_t)rand() % 1000, 0);
    if (stage >= 4)
        shutdown(file, rand() % 2 ? SHUT_WR : SHUT_RD);
    if (stage == 5)
        poll(NULL, 0, 1);
}

/* Half of it looks like the beginning of TLS. */
static void send_garbage(int file)
{
    unsigned char noise[2048];
    size_t length = 1 + (size_t)rand() % sizeof(noise);
    for (size_t i = 0; i < length; i++)
        noise[i] = (unsigned char)rand();
    if (rand() % 2) {
        noise[0] = (unsigned char)(20 + rand() % 4);
        noise[1] = 3;
        noise[2] = (unsigned char)(rand() % 4);
        noise[3] = (unsigned char)(rand() % 65);
        noise[5] = 1;
    }
    send(file, noise, length, MSG_NOSIGNAL);
}

static void close_silently(int file)
{
    int one = 1;
    /* tcp(7): a socket in repair closes without a word to its peer. */
    if (setsockopt(file, IPPROTO_TCP, 19 /* TCP_REPAIR */, &one, sizeof(one)) < 0)
        perror("TCP_REPAIR");
    close(file);
}

static void strike(int port)
{
    int file;
    if (is("scan") && rand() % 4) {
        /* Also the ports around it, where mostly nobody is. */
        file = dial(port - 500 + rand() % 1000);
        if (file >= 0)
            close(file);
        return;
    }
    file = dial(port);
    if (file < 0)
        return;
    if (is("reset")) {
        go_to_stage(file, rand() % 6);
        reset_on_close(file);
    } else if (is("storm")) {
        reset_on_close(file);
    } else if (is("halfopen")) {
        send(file, bytes, 100, MSG_NOSIGNAL);
        close_silently(file);
        return;
    } else if (is("garbage")) {
        send_garbage(file);
        if (rand() % 2)
            reset_on_close(file);
    } else if (is("vanish")) {
        if (rand() % 2)
            send_descriptor(file);
        go_to_stage(file, rand() % 6);
    }
    close(file);
}

static void flood(int *files, int count, int port)
{
    struct sockaddr_in address = internet(port);
    size_t length = rand() % 100 ? (size_t)rand() % 1000 : (size_t)rand() % 65508;
    sendto(files[rand() % count], bytes, length, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof(address));
}

/* One step of a connection that is held; false when the server has ended it. */
static int hold(int file, long step)
{
    ssize_t result;
    if (is("greedy"))
        send(file, bytes, CHUNK, MSG_NOSIGNAL);
    if ((is("slowread") || is("deaf")) && step == 0)
        for (int i = 0; i < 64; i++)
            send(file, bytes, CHUNK, MSG_NOSIGNAL);
    if (is("slowwrite") && step % 20 == 0)
        send(file, bytes, 1, MSG_NOSIGNAL);
    /* About as much as the two kernels hold, so that the server is done with it and they are not. */
    if (is("halfclose") && step < 16)
        send(file, bytes, CHUNK, MSG_NOSIGNAL);
    if (is("halfclose") && step == 16)
        shutdown(file, SHUT_WR);
    if (is("silent") || is("slowwrite")) {
        result = recv(file, bytes, sizeof(bytes), 0);
        return result > 0 || (result < 0 && errno == EAGAIN);
    }
    if (is("slowread") && step % 20 == 0)
        recv(file, bytes, 1, 0);
    return 1;
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    int count = argc > 3 ? atoi(argv[3]) : 1, open_now = 0, port;
    double rate = argc > 4 ? atof(argv[4]) : 0, begun;
    long done = 0, cut = 0, step = 0;
    int *files = calloc((size_t)count, sizeof(int));
    if (argc < 3 || files == NULL)
        return 2;
    mode = argv[1];
    target = argv[2];
    is_unix = target[0] == '/';
    port = atoi(target);
    srand(argc > 5 ? (unsigned)atoi(argv[5]) : 1);
    memset(bytes, 'x', sizeof(bytes));
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    for (int i = 0; i < count; i++) {
        if (is("flood")) {
            files[i] = socket(AF_INET, SOCK_DGRAM, 0);
            bind_anywhere(files[i]);
        } else {
            files[i] = rate > 0 ? -1 : dial(port);
        }
        open_now += files[i] >= 0;
    }
    printf("listening %d\n", open_now);
    fflush(stdout);

    begun = now();
    while (goes_on(TICK_MS)) {
        long due = rate > 0 ? (long)((now() - begun) * rate) - done : 0;
        /* What could not be done in time is not made up for. */
        for (long i = 0; i < due && i < 1 + rate * TICK_MS / 250; i++) {
            if (is("flood"))
                flood(files, count, port);
            else
                strike(port);
        }
        done += due;
        for (int i = 0; rate == 0 && i < count; i++) {
            if (files[i] >= 0 && !hold(files[i], step)) {
                close(files[i]);
                files[i] = -1;
                cut++;
            }
        }
        step++;
    }
    printf("done %ld cut %ld\n", rate > 0 ? done : open_now, cut);
    return 0;
}
