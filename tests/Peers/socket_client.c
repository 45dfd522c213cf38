/*
 * The reference program socket_client, with its errors corrected: reads a line, sends it, half-closes, collects until EOF
 * and prints ">data". Differences from the original: the port is an optional argument (8080), and a line may be of any length.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in serv_addr = { .sin_family = AF_INET };
    char *line = NULL, buf[1024];
    size_t capacity = 0;
    ssize_t len, s;
    int sock_fd = socket(AF_INET, SOCK_STREAM, 0);

    if (sock_fd == -1) {
        perror("socket failed");
        return EXIT_FAILURE;
    }
    serv_addr.sin_port = htons(argc > 1 ? (in_port_t)atoi(argv[1]) : 8080);
    inet_pton(AF_INET, "127.0.0.1", &serv_addr.sin_addr);
    if (connect(sock_fd, (struct sockaddr *)&serv_addr, sizeof(serv_addr)) == -1) {
        perror("connect failed");
        return EXIT_FAILURE;
    }

    len = getline(&line, &capacity, stdin);
    if (len > 0 && line[len - 1] == '\n')
        len--;
    for (ssize_t sent = 0; sent < len; sent += s) {
        s = send(sock_fd, line + sent, (size_t)(len - sent), MSG_NOSIGNAL);
        if (s == -1) {
            perror("send failed");
            return EXIT_FAILURE;
        }
    }
    shutdown(sock_fd, SHUT_WR);

    putchar('>');
    while ((s = recv(sock_fd, buf, sizeof(buf), 0)) > 0)
        fwrite(buf, 1, (size_t)s, stdout);
    putchar('\n');
    if (s == -1) {
        perror("recv failed");
        return EXIT_FAILURE;
    }
    free(line);
    close(sock_fd);
    return EXIT_SUCCESS;
}
