/* A load generator for echo servers: echo_load HOST PORT CONNECTIONS BYTES SECONDS [connect]
   Every connection sends a message, waits until all of it is back, checks each byte, and sends the next. With "connect", every
   exchange is a connection of its own: connect, send, half-close, read to the end.
   Prints: exchanges per second, p50 and p99 in microseconds, errors. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct peer { int fd; size_t sent, received; uint64_t began; };

enum { BUCKETS = 1 << 20 }; /* of a microsecond each; the last holds all that is slower */
static uint32_t histogram[BUCKETS];
static int poller, reconnects;
static struct sockaddr_in address;
static char *message, *reply;
static size_t bytes;
static uint64_t exchanges, errors;

static void die(const char *what) { perror(what); exit(1); }

static uint64_t microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

static void push(struct peer *peer)
{
    while (peer->sent < bytes) {
        ssize_t count = send(peer->fd, message + peer->sent, bytes - peer->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) { if (errno != EAGAIN) errors++; return; }
        peer->sent += count;
    }
}

static void begin(struct peer *peer)
{
    peer->sent = peer->received = 0;
    peer->began = microseconds();
    if (reconnects) {
        int one = 1;
        if (peer->fd >= 0) close(peer->fd);
        peer->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(peer->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
        setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (send(peer->fd, message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) errors++;
        peer->sent = bytes;
        shutdown(peer->fd, SHUT_WR);
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };
        if (epoll_ctl(poller, EPOLL_CTL_ADD, peer->fd, &event)) die("epoll_ctl");
    } else {
        push(peer);
    }
}

static void finish(struct peer *peer)
{
    uint64_t took = microseconds() - peer->began;
    histogram[took < BUCKETS ? took : BUCKETS - 1]++;
    exchanges++;
    begin(peer);
}

static void pull(struct peer *peer)
{
    for (;;) {
        ssize_t count = recv(peer->fd, reply, 65536, MSG_DONTWAIT);
        if (count < 0) { if (errno != EAGAIN) { errors++; begin(peer); } return; }
        if (count == 0) {
            if (!reconnects || peer->received != bytes) { fprintf(stderr, "closed early\n"); errors++; }
            if (!reconnects) exit(1);
            finish(peer);
            return;
        }
        if (peer->received + count > bytes || memcmp(reply, message + peer->received, count)) { fprintf(stderr, "wrong bytes\n"); exit(1); }
        peer->received += count;
        if (peer->received == bytes && !reconnects) { finish(peer); return; }
        if (count < 65536 && !reconnects) return;
    }
}

static uint64_t percentile(double part)
{
    uint64_t rank = exchanges * part, seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += histogram[i]) > rank) return i;
    return BUCKETS;
}

int main(int argc, char **argv)
{
    if (argc < 6) { fprintf(stderr, "echo_load HOST PORT CONNECTIONS BYTES SECONDS [connect]\n"); return 2; }
    int connections = atoi(argv[3]);
    bytes = strtoul(argv[4], 0, 10);
    double seconds = atof(argv[5]);
    reconnects = argc > 6;
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &address.sin_addr);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    message = malloc(bytes);
    reply = malloc(65536);
    for (size_t i = 0; i < bytes; i++) message[i] = (char)(i * 2654435761u >> 13);
    if ((poller = epoll_create1(0)) < 0) die("epoll_create1");

    struct peer *peers = calloc(connections, sizeof *peers);
    for (int i = 0; i < connections; i++) {
        peers[i].fd = -1;
        if (reconnects) continue;
        int one = 1;
        peers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(peers[i].fd, (struct sockaddr *)&address, sizeof address)) die("connect");
        setsockopt(peers[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &peers[i] };
        if (epoll_ctl(poller, EPOLL_CTL_ADD, peers[i].fd, &event)) die("epoll_ctl");
    }
    uint64_t start = microseconds(), end = start + seconds * 1e6, now;
    for (int i = 0; i < connections; i++) begin(&peers[i]);
    struct epoll_event events[256];
    while ((now = microseconds()) < end) {
        int ready = epoll_wait(poller, events, 256, 100);
        for (int i = 0; i < ready; i++) {
            struct peer *peer = events[i].data.ptr;
            if (peer->sent < bytes) push(peer);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) pull(peer);
        }
    }
    printf("%.0f %llu %llu %llu\n", exchanges / ((now - start) / 1e6), (unsigned long long)percentile(0.5),
           (unsigned long long)percentile(0.99), (unsigned long long)errors);
    return errors != 0;
}
