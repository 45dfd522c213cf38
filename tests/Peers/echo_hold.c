/* Holds many connections to an echo server: echo_hold HOST PORT CONNECTIONS SILENT SECONDS
   The first SILENT connections never send. All others exchange 64 bytes again and again for SECONDS, all at the same time.
   Prints "held" when all are connected and each of the others has had its first answer, then waits for a line on standard input,
   then goes on, and prints: exchanges, silent connections that were closed, other connections that were closed or answered wrong. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64 };

static int *sockets;
static long exchanges, broken;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void exchange(int first, int count)
{
    char sent[BYTES], received[BYTES];
    for (int i = first; i < count; i++) {
        memset(sent, i * 7 + exchanges % 251, BYTES);
        if (sockets[i] >= 0 && send(sockets[i], sent, BYTES, MSG_NOSIGNAL) != BYTES) { broken++; close(sockets[i]); sockets[i] = -1; }
    }
    long base = exchanges % 251;
    for (int i = first; i < count; i++) {
        memset(sent, i * 7 + base, BYTES);
        if (sockets[i] < 0) continue;
        if (recv(sockets[i], received, BYTES, MSG_WAITALL) != BYTES || memcmp(sent, received, BYTES)) { broken++; close(sockets[i]); sockets[i] = -1; }
    }
    exchanges += count - first;
}

int main(int argc, char **argv)
{
    if (argc != 6) { fprintf(stderr, "echo_hold HOST PORT CONNECTIONS SILENT SECONDS\n"); return 2; }
    int count = atoi(argv[3]), silent = atoi(argv[4]), closed = 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])) };
    inet_pton(AF_INET, argv[1], &address.sin_addr);
    sockets = calloc(count, sizeof *sockets);
    for (int i = 0; i < count; i++) {
        sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (sockets[i] < 0 || connect(sockets[i], (struct sockaddr *)&address, sizeof address)) { perror("connect"); return 1; }
    }
    exchange(silent, count);
    puts("held");
    fflush(stdout);
    if (getchar() == EOF) return 1;

    for (double end = seconds() + atof(argv[5]); seconds() < end;) exchange(silent, count);
    for (int i = 0; i < silent; i++) {
        char byte;
        if (recv(sockets[i], &byte, 1, MSG_DONTWAIT) == 0) closed++;
    }
    printf("%ld %d %ld\n", exchanges, closed, broken);
    return 0;
}
