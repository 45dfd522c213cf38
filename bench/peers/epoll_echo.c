/* A plain single-threaded epoll echo server, to measure against: epoll_echo PORT [BUFFER_BYTES]
   Level-triggered, one shared buffer; what a socket does not take is kept for it, and it is not read meanwhile. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct rest { char *bytes; size_t length, sent; };

static int poller;
static struct rest *rests; /* by descriptor */
static char *buffer;

static void die(const char *what) { perror(what); exit(1); }

static void watch(int operation, int fd, unsigned events)
{
    struct epoll_event event = { .events = events, .data.fd = fd };
    if (epoll_ctl(poller, operation, fd, &event)) die("epoll_ctl");
}

static void drop(int fd)
{
    free(rests[fd].bytes);
    memset(&rests[fd], 0, sizeof rests[fd]);
    close(fd);
}

static void serve(int fd, size_t size)
{
    struct rest *rest = &rests[fd];
    if (rest->bytes) {
        ssize_t sent = send(fd, rest->bytes + rest->sent, rest->length - rest->sent, MSG_NOSIGNAL);
        if (sent < 0) { if (errno != EAGAIN) drop(fd); return; }
        if ((rest->sent += sent) < rest->length) return;
        free(rest->bytes);
        memset(rest, 0, sizeof *rest);
        watch(EPOLL_CTL_MOD, fd, EPOLLIN);
        return;
    }
    ssize_t count = recv(fd, buffer, size, 0);
    if (count <= 0) { if (count == 0 || errno != EAGAIN) drop(fd); return; }
    ssize_t sent = send(fd, buffer, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) { drop(fd); return; }
    if (sent < 0) sent = 0;
    if (sent < count) {
        rest->length = count - sent;
        rest->bytes = malloc(rest->length);
        memcpy(rest->bytes, buffer + sent, rest->length);
        watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
    }
}

int main(int argc, char **argv)
{
    size_t size = argc > 2 ? strtoul(argv[2], 0, 10) : 65536;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGPIPE, SIG_IGN);
    rests = calloc(limit.rlim_cur, sizeof *rests);
    buffer = malloc(size);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 7007),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* inherited by what is accepted */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) die("listen");
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    if ((poller = epoll_create1(0)) < 0) die("epoll_create1");
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    struct epoll_event events[256];
    for (;;) {
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) { serve(events[i].data.fd, size); continue; }
            for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) watch(EPOLL_CTL_ADD, fd, EPOLLIN);
        }
    }
}
