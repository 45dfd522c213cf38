/*
 * The reference program shared_memory2: attaches, prints the text, asks who created the segment, and sends that process SIGINT.
 * Key and size are optional arguments.
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

int main(int argc, char *argv[])
{
    key_t key = argc > 1 ? (key_t)strtoll(argv[1], NULL, 0) : (key_t)1234;
    size_t size = argc > 2 ? strtoull(argv[2], NULL, 0) : SIZE;
    int shmid;
    void *shmaddr;
    struct shmid_ds shm_stat;

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
    printf("data read from shared memory : %s\n", (char *)shmaddr);

    if (shmctl(shmid, IPC_STAT, &shm_stat) == -1) {
        printf("shmctl error\n");
        exit(1);
    }

    if (shmdt(shmaddr) == -1) {
        printf("shmdt error\n");
        exit(1);
    }
    kill(shm_stat.shm_cpid, SIGINT);
    return 0;
}
