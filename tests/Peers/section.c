/*
 * A named section and its lock as a C program of Windows uses them.
 *
 *   section hold NAME SIZE TEXT   CreateFileMapping, strcpy, print "created", wait for a line
 *   section read NAME             OpenFileMapping, print the text
 *   section write NAME TEXT       OpenFileMapping, strcpy
 *   section try NAME              CreateMutex, WaitForSingleObject(0), print "free" or "busy"
 *   section lock NAME             take the mutex, print "locked", wait for a line, exit without giving it back
 *   section count NAME N          N times: take the mutex, add one to the 64-bit number at the start, give it back
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void fail(const char *call)
{
    fprintf(stderr, "%s: error %lu\n", call, GetLastError());
    exit(1);
}

static char *map(HANDLE section)
{
    if (section == NULL) {
        fail("FileMapping");
    }
    char *memory = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
    if (memory == NULL) {
        fail("MapViewOfFile");
    }
    return memory;
}

static char *open_section(const char *name)
{
    return map(OpenFileMappingA(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, name));
}

static HANDLE open_mutex(const char *name)
{
    char lock[300];
    snprintf(lock, sizeof lock, "%s.lock", name);
    HANDLE mutex = CreateMutexA(NULL, FALSE, lock);
    if (mutex == NULL) {
        fail("CreateMutex");
    }
    return mutex;
}

static int take(HANDLE mutex, DWORD milliseconds)
{
    DWORD result = WaitForSingleObject(mutex, milliseconds);
    if (result == WAIT_FAILED) {
        fail("WaitForSingleObject");
    }
    return result != WAIT_TIMEOUT;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "hold") == 0 && argc == 5) {
        HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, strtoul(argv[3], NULL, 0), argv[2]);
        strcpy(map(section), argv[4]);
        puts("created");
        fflush(stdout);
        getchar();
    } else if (strcmp(command, "read") == 0 && argc == 3) {
        puts(open_section(argv[2]));
    } else if (strcmp(command, "write") == 0 && argc == 4) {
        strcpy(open_section(argv[2]), argv[3]);
    } else if (strcmp(command, "try") == 0 && argc == 3) {
        puts(take(open_mutex(argv[2]), 0) ? "free" : "busy");
    } else if (strcmp(command, "lock") == 0 && argc == 3) {
        take(open_mutex(argv[2]), INFINITE);
        puts("locked");
        fflush(stdout);
        getchar();
    } else if (strcmp(command, "count") == 0 && argc == 4) {
        volatile int64_t *number = (volatile int64_t *)open_section(argv[2]);
        HANDLE mutex = open_mutex(argv[2]);
        for (long i = strtol(argv[3], NULL, 0); i > 0; i--) {
            take(mutex, INFINITE);
            *number = *number + 1;
            ReleaseMutex(mutex);
        }
    } else {
        fprintf(stderr, "section: bad arguments\n");
        return 2;
    }
    return 0;
}
