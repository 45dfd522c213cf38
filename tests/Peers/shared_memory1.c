/*
 * The reference program shared_memory1: creates a segment, writes "Linux Programming" into it, waits for SIGINT, removes it.
 * Key and size are optional arguments; "ready" says that the handler is set.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <sys/types.h>
#include <sys/shm.h>
#include <sys/ipc.h>
#include <signal.h>

#define SIZE 1024

void signalHandler(int signo);
int shmid;

int main(int argc, char *argv[])
{
    key_t key = argc > 1 ? (key_t)strtoll(argv[1], NULL, 0) : (key_t)1234;
    size_t size = argc > 2 ? strtoull(argv[2], NULL, 0) : SIZE;
    void *shmaddr;
    shmid = shmget(key, size, IPC_CREAT|0666);
    if (shmid == -1) {
        printf("shmget error\n");
        exit(1);
    }

    shmaddr = shmat(shmid, (void *)0, 0);
    if (shmaddr == (void *)-1) {
        printf("shmaddr error\n");
        exit(1);
    }

    strcpy((char *)shmaddr, "Linux Programming");

    if (shmdt(shmaddr) == -1) {
        printf("shmdt error\n");
        exit(1);
    }

    signal(SIGINT, signalHandler);
    printf("ready\n");
    fflush(stdout);
    pause();
    return 0;
}

void signalHandler(int signo)
{
    (void)signo;
    if (shmctl(shmid, IPC_RMID, 0) == -1) {
        printf("shmctl error\n");
        exit(1);
    }
    exit(0);
}
