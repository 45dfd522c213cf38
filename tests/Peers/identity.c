/* Processes for tests of identity.
 *   identity create KEY    makes a segment, attaches and detaches it, prints "ready", and ends with its input
 *   identity set ID        renews a segment's change time (IPC_SET)
 *   identity take PID      starts a process with that ID (clone3), prints the ID, and ends; that process sleeps
 *   identity zombie        prints the ID of a child that has ended and waits for it with the end of its input
 *   identity headless      ends its first thread, after "ready"; the other ends with its input
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text)
{
    puts(text);
    fflush(stdout);
}

static int fail(const char *call)
{
    perror(call);
    return 1;
}

static void wait_for_end(void)
{
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
}

static void *second_thread(void *first)
{
    pthread_join(*(pthread_t *)first, NULL);
    say("ready");
    wait_for_end();
    exit(0);
}

static int create(const char *key)
{
    int id = shmget((key_t)strtoul(key, NULL, 0), 16, IPC_CREAT | IPC_EXCL | 0600);
    void *start = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (start == (void *)-1) {
        return fail("shmget");
    }
    shmdt(start);
    say("ready");
    wait_for_end();
    return 0;
}

static int set(int id)
{
    struct shmid_ds segment;
    return shmctl(id, IPC_STAT, &segment) || shmctl(id, IPC_SET, &segment) ? fail("shmctl") : 0;
}

static int take(pid_t id)
{
    struct clone_args arguments = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&id, .set_tid_size = 1 };
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child < 0) {
        return fail("clone3");
    }
    if (child == 0) {
        freopen("/dev/null", "w", stdout);
        execlp("sleep", "sleep", "600", (char *)NULL);
        _exit(1);
    }
    printf("%ld\n", child);
    return 0;
}

static int zombie(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    siginfo_t ended;
    waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT);
    printf("%d\n", (int)child);
    fflush(stdout);
    wait_for_end();
    return 0;
}

int main(int count, char **words)
{
    if (count == 3 && !strcmp(words[1], "create")) {
        return create(words[2]);
    }
    if (count == 3 && !strcmp(words[1], "set")) {
        return set(atoi(words[2]));
    }
    if (count == 3 && !strcmp(words[1], "take")) {
        return take(atoi(words[2]));
    }
    if (count == 2 && !strcmp(words[1], "zombie")) {
        return zombie();
    }
    if (count == 2 && !strcmp(words[1], "headless")) {
        static pthread_t first;
        pthread_t second;
        first = pthread_self();
        pthread_create(&second, NULL, second_thread, &first);
        pthread_exit(NULL);
    }
    return 2;
}
