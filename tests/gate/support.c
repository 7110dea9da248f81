#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/suite.h"

char test_dir[64];
struct gate_shared *shared;

void test_dir_make(void)
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp || strlen(tmp) > 40)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* as in production: memory */
    snprintf(test_dir, sizeof test_dir, "%s/gate.XXXXXX", tmp);
    if (!mkdtemp(test_dir)) {
        perror("mkdtemp");
        abort();
    }
}

void test_dir_remove(void)
{
    DIR *d = opendir(test_dir);
    if (!d)
        abort();
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", test_dir, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            remove(path);
    }
    closedir(d);
    rmdir(test_dir);
}

void test_open(unsigned rate_mib)
{
    struct err err;
    err_init(&err);
    test_dir_make();
    if (gate_shared_open(test_dir, rate_mib, &shared, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
}

void test_close(void)
{
    gate_shared_close(&shared);
    test_dir_remove();
}

pid_t test_fork(int (*f)(void *arg), void *arg)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0)
        _exit(f(arg));
    return pid;
}

int test_wait(pid_t pid)
{
    int status = -1;
    if (waitpid(pid, &status, 0) != pid)
        abort();
    return status;
}

void *test_share(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

void test_unshare(void *p, size_t n)
{
    munmap(p, n);
}

int64_t test_mono(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

/* Uses of each slot and chunk. */
struct census {
    unsigned char *slots, *chunks;
    unsigned bad;
};

static void count_window(struct census *c, const struct gate_table *t, const struct gate_slot *s)
{
    uint32_t chunk = gate_place_chunk(s->head), seq = gate_place_seq(s->head), tail = gate_place_seq(s->tail);
    uint32_t base = t->chunks[chunk].base;
    if (seq - base > GATE_STAMPS || (int32_t)(tail - seq) < 0)
        c->bad++;
    int met_tail = 0;
    while (chunk < t->n_chunks && c->chunks[chunk] < 2) {
        c->chunks[chunk]++;
        if (t->chunks[chunk].base != base)
            c->bad++;
        base += GATE_STAMPS;
        met_tail |= chunk == gate_place_chunk(s->tail);
        chunk = t->chunks[chunk].next;
    }
    if (!met_tail)
        c->bad++;
}

static void count_all(struct census *c, const struct gate_table *t)
{
    for (uint32_t b = 0; b < t->n_buckets; b++)
        for (uint32_t i = t->buckets[b].first; i < t->n_slots && c->slots[i] < 2; i = t->slots[i].next) {
            c->slots[i]++;
            if (t->slots[i].bucket != b)
                c->bad++;
            count_window(c, t, &t->slots[i]);
        }
    for (uint32_t i = t->pool->free_slot; i < t->n_slots && c->slots[i] < 2; i = t->slots[i].next) {
        c->slots[i]++;
        if (t->slots[i].bucket != GATE_NONE)
            c->bad++;
    }
    for (uint32_t i = t->pool->free_chunk; i < t->n_chunks && c->chunks[i] < 2; i = t->chunks[i].next)
        c->chunks[i]++;
}

void test_audit(const char *row, const struct gate_table *t)
{
    struct census c = {calloc(t->n_slots, 1), calloc(t->n_chunks, 1), 0};
    if (!c.slots || !c.chunks)
        abort();
    count_all(&c, t);
    for (uint32_t i = 0; i < t->n_slots; i++)
        c.bad += c.slots[i] != (i < t->pool->slots_used);
    for (uint32_t i = 0; i < t->n_chunks; i++)
        c.bad += c.chunks[i] != (i < t->pool->chunks_used);
    CHECK_INT(row, c.bad, 0);
    free(c.slots);
    free(c.chunks);
}
