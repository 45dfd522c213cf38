/*
 * The reference program socket_server, with its errors corrected: a child a connection, which collects until EOF,
 * prints ">data", sends it all back and half-closes. Differences from the original: the port is an optional argument (8080; 0 for
 * any free one) and is said on standard error once it listens; lengths are counted, so a NUL byte is a byte.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void child_proc(int conn)
{
    char *data = NULL;
    size_t len = 0, capacity = 0;
    ssize_t s;

    for (;;) {
        if (len == capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            data = realloc(data, capacity);
            if (data == NULL) {
                perror("realloc failed");
                exit(EXIT_FAILURE);
            }
        }
        s = recv(conn, data + len, capacity - len, 0);
        if (s <= 0)
            break;
        len += (size_t)s;
    }
    putchar('>');
    fwrite(data, 1, len, stdout);
    putchar('\n');
    fflush(stdout);

    for (size_t sent = 0; sent < len; sent += (size_t)s) {
        s = send(conn, data + sent, len - sent, 0);
        if (s <= 0)
            break;
    }
    shutdown(conn, SHUT_WR);
    close(conn);
    free(data);
}

int main(int argc, char *argv[])
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof(address);
    int on = 1;
    int listen_fd = socket(AF_INET, SOCK_STREAM, 0);

    if (listen_fd == -1) {
        perror("socket failed");
        return EXIT_FAILURE;
    }
    setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(argc > 1 ? (in_port_t)atoi(argv[1]) : 8080);
    if (bind(listen_fd, (struct sockaddr *)&address, sizeof(address)) == -1) {
        perror("bind failed");
        return EXIT_FAILURE;
    }
    if (listen(listen_fd, 16) == -1) {
        perror("listen failed");
        return EXIT_FAILURE;
    }
    getsockname(listen_fd, (struct sockaddr *)&address, &length);
    fprintf(stderr, "listening %d\n", ntohs(address.sin_port));
    signal(SIGCHLD, SIG_IGN); /* no zombies */
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of send */

    for (;;) {
        int conn = accept(listen_fd, NULL, NULL);
        if (conn < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            perror("accept failed");
            return EXIT_FAILURE;
        }
        if (fork() == 0) {
            close(listen_fd);
            child_proc(conn);
            _exit(EXIT_SUCCESS);
        }
        close(conn);
    }
}
