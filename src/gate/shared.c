#include "gate/shared.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/id.h"
#include "gate/layout.h"
#include "gate/lock.h"

#define NAME_PREFIX "omnichannel-"
#define NAME_SIZE 128 /* [bytes] with NUL */
#define BOOT_DIGITS 32
#define PAGE 4096u   /* [bytes] what parts of the file are aligned to */
#define OPEN_TRIES 8 /* a file that comes and goes between our looks */
#define FILE_MODE 0600

/* What opening works with. */
struct opening {
    const char *dir;
    int dir_fd;
    struct stat dir_st;
    char boot[BOOT_DIGITS + 1];
    char name[NAME_SIZE];
    unsigned rate_mib;
    bool existing; /*!< do not make one */
    struct err *err;
};

/* Where one table's parts lie. */
struct extent {
    size_t buckets, slots, marks, chunks; /* [bytes] offsets */
    uint32_t n_buckets, n_slots, n_chunks;
};

struct plan {
    struct extent windows, guesses;
    size_t fixed; /* [bytes] everything but the chunks */
    size_t size;  /* [bytes] */
};

static size_t take(size_t *at, size_t n)
{
    size_t mine = *at;
    *at += (n + PAGE - 1) / PAGE * PAGE;
    return mine;
}

static void plan_fixed(struct extent *e, size_t *at)
{
    e->buckets = take(at, e->n_buckets * sizeof(struct gate_bucket));
    e->slots = take(at, e->n_slots * sizeof(struct gate_slot));
    e->marks = take(at, ((size_t)e->n_slots + e->n_chunks + 63) / 64 * sizeof(uint64_t));
}

static struct plan plan_file(unsigned rate_mib)
{
    uint32_t n = rate_mib * (uint32_t)(1024 * 1024 / sizeof(struct gate_chunk));
    struct plan p = {
        .windows = {.n_buckets = GATE_WINDOW_BUCKETS, .n_slots = GATE_WINDOW_SLOTS, .n_chunks = n},
        .guesses = {.n_buckets = GATE_GUESS_BUCKETS, .n_slots = GATE_GUESS_SLOTS, .n_chunks = GATE_GUESS_CHUNKS},
    };
    size_t at = 0;
    take(&at, sizeof(struct gate_page));
    plan_fixed(&p.windows, &at);
    plan_fixed(&p.guesses, &at);
    p.fixed = at;
    p.guesses.chunks = take(&at, GATE_GUESS_CHUNKS * sizeof(struct gate_chunk));
    p.windows.chunks = take(&at, (size_t)n * sizeof(struct gate_chunk));
    p.size = at;
    return p;
}

static enum status refuse(const struct opening *o, enum status s, const char *file, const char *why)
{
    err_set(o->err, s, "%s%s%s: %s", o->dir, file ? "/" : "", file ? file : "", why);
    return s; /* whatever stood in err before */
}

/* Names */

static enum status read_boot_id(struct opening *o)
{
    char text[64];
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    size_t k = 0;
    for (ssize_t i = 0; i < n && k < BOOT_DIGITS; i++)
        if (strchr("0123456789abcdef", text[i]) && text[i])
            o->boot[k++] = text[i];
    o->boot[k] = '\0';
    return k == BOOT_DIGITS ? STATUS_OK : err_set(o->err, STATUS_CONFIG, "cannot read the boot id below /proc");
}

static enum status check_dir(const struct opening *o)
{
    uid_t me = geteuid(), owner = o->dir_st.st_uid;
    if (me != 0 && owner != me && owner != 0)
        return refuse(o, STATUS_CONFIG, NULL, "belongs to another user");
    if (o->dir_st.st_mode & S_IWOTH)
        return refuse(o, STATUS_CONFIG, NULL, "others may write to this directory");
    return STATUS_OK;
}

/* Ends with dir_fd open, or -1. */
static enum status begin(struct opening *o)
{
    if (o->rate_mib < 1 || o->rate_mib > GATE_RATE_MIB_MAX)
        return err_set(o->err, STATUS_CONFIG, "rate memory must be 1 to %d MiB", GATE_RATE_MIB_MAX);
    enum status s = read_boot_id(o);
    if (s != STATUS_OK)
        return s;
    snprintf(o->name, sizeof o->name, NAME_PREFIX "%d-%u-%s.shm", GATE_LAYOUT, o->rate_mib, o->boot);
    o->dir_fd = open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o->dir_fd < 0)
        return refuse(o, errno == ENOENT && o->existing ? STATUS_NOT_FOUND : STATUS_CONFIG, NULL, strerror(errno));
    if (fstat(o->dir_fd, &o->dir_st) != 0)
        return refuse(o, STATUS_IO, NULL, strerror(errno));
    return check_dir(o);
}

/* Mapping */

static void set_table(struct gate_table *t, const struct gate_shared *g, const struct extent *e, struct gate_pool *pool,
                      bool evicts)
{
    unsigned char *base = (unsigned char *)g->page;
    *t = (struct gate_table){
        .pool = pool,
        .buckets = (void *)(base + e->buckets),
        .slots = (void *)(base + e->slots),
        .marks = (void *)(base + e->marks),
        .chunks = (void *)(base + e->chunks),
        .n_buckets = e->n_buckets,
        .n_slots = e->n_slots,
        .n_chunks = e->n_chunks,
        .evicts = evicts,
        .seed = g->page->seed,
        .fd = g->fd,
        .chunks_at = e->chunks,
    };
}

static enum status map(const struct opening *o, int fd, struct gate_shared **g_r)
{
    struct plan p = plan_file(o->rate_mib);
    struct gate_shared *g = calloc(1, sizeof *g);
    if (!g)
        return refuse(o, STATUS_NO_MEMORY, o->name, "out of memory");
    void *base = mmap(NULL, p.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        free(g);
        return refuse(o, STATUS_IO, o->name, strerror(errno));
    }
    g->fd = fd;
    g->size = p.size;
    g->page = base;
    set_table(&g->windows, g, &p.windows, &g->page->windows, false);
    set_table(&g->guesses, g, &p.guesses, &g->page->guesses, true);
    *g_r = g;
    return STATUS_OK;
}

void gate_shared_close(struct gate_shared **g)
{
    if (!*g)
        return;
    munmap((*g)->page, (*g)->size);
    close((*g)->fd);
    free(*g);
    *g = NULL;
}

/* Opening */

/* Root is taken to serve the directory's owner. */
static uid_t expected_owner(const struct opening *o)
{
    return geteuid() != 0 ? geteuid() : o->dir_st.st_uid;
}

static const char *judge_file(const struct opening *o, const struct stat *st)
{
    if (!S_ISREG(st->st_mode))
        return "is not a regular file";
    if (st->st_uid != expected_owner(o))
        return "belongs to another user";
    if ((st->st_mode & 07777) != FILE_MODE)
        return "has other permissions than 0600";
    if (st->st_size < 0 || (size_t)st->st_size != plan_file(o->rate_mib).size)
        return "has the wrong size";
    return NULL;
}

static const char *judge_page(const struct opening *o, const struct gate_page *p)
{
    bool ours = atomic_load(&p->magic) == GATE_MAGIC && p->layout == GATE_LAYOUT && p->rate_mib == o->rate_mib;
    return ours ? NULL : "is not a shared-memory file of this program";
}

static enum status open_file(const struct opening *o, struct gate_shared **g_r)
{
    int fd = openat(o->dir_fd, o->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return STATUS_NOT_FOUND;
    if (fd < 0)
        return refuse(o, STATUS_CONFIG, o->name, errno == ELOOP ? "is a symbolic link" : strerror(errno));
    struct stat st;
    const char *why = fstat(fd, &st) != 0 ? strerror(errno) : judge_file(o, &st);
    enum status s = why ? refuse(o, STATUS_CONFIG, o->name, why) : map(o, fd, g_r);
    if (s != STATUS_OK) {
        close(fd);
        return s;
    }
    why = judge_page(o, (*g_r)->page);
    if (why) {
        gate_shared_close(g_r);
        return refuse(o, STATUS_CONFIG, o->name, why);
    }
    return STATUS_OK;
}

/* Making */

static enum status set_up_table(struct gate_table *t)
{
    atomic_store(&t->pool->free_slot, GATE_NONE);
    atomic_store(&t->pool->free_chunk, GATE_NONE);
    for (uint32_t i = 0; i < t->n_buckets; i++)
        atomic_store(&t->buckets[i].first, GATE_NONE);
    enum status s = gate_lock_init(&t->pool->lock, 1, 0);
    return s == STATUS_OK ? gate_lock_init(&t->buckets[0].lock, t->n_buckets, sizeof t->buckets[0]) : s;
}

static enum status set_up(const struct opening *o, struct gate_shared *g)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): mapped, or an error came first */
    struct gate_page *p = g->page;
    enum status s = crypto_random(&p->seed, sizeof p->seed);
    if (s == STATUS_OK)
        s = set_up_table(&g->windows);
    if (s == STATUS_OK)
        s = set_up_table(&g->guesses);
    p->layout = GATE_LAYOUT;
    p->rate_mib = o->rate_mib;
    atomic_store(&p->generation, 1);
    atomic_store(&p->magic, GATE_MAGIC);
    return s == STATUS_OK ? s : refuse(o, s, o->name, "cannot set up its locks");
}

/* Size, mode, owner; and room for all that is not reserved in steps later, so
 * that a full file system is an error here and not a SIGBUS in a worker. */
static int shape(const struct opening *o, int fd)
{
    struct plan p = plan_file(o->rate_mib);
    if (fchmod(fd, FILE_MODE) != 0)
        return errno;
    if (geteuid() == 0 && fchown(fd, o->dir_st.st_uid, o->dir_st.st_gid) != 0)
        return errno;
    if (ftruncate(fd, (off_t)p.size) != 0)
        return errno;
    return posix_fallocate(fd, 0, (off_t)p.fixed);
}

static enum status make_named(const struct opening *o, const char *temporary)
{
    int fd = openat(o->dir_fd, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return refuse(o, STATUS_CONFIG, temporary, strerror(errno));
    struct gate_shared *g = NULL;
    int rc = shape(o, fd);
    enum status s = rc != 0 ? refuse(o, STATUS_CONFIG, temporary, strerror(rc)) : map(o, fd, &g);
    if (s == STATUS_OK)
        s = set_up(o, g);
    /* Someone else's being first is as good. */
    if (s == STATUS_OK && linkat(o->dir_fd, temporary, o->dir_fd, o->name, 0) != 0 && errno != EEXIST)
        s = refuse(o, STATUS_CONFIG, o->name, strerror(errno));
    unlinkat(o->dir_fd, temporary, 0);
    if (g)
        gate_shared_close(&g); /* with fd; and its pages, which the locks' making has touched */
    else
        close(fd);
    return s;
}

static enum status make_file(const struct opening *o)
{
    char temporary[NAME_SIZE + 32];
    int n = snprintf(temporary, sizeof temporary, "%s.%ld", o->name, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof temporary)
        return refuse(o, STATUS_INTERNAL, o->name, "name too long");
    unlinkat(o->dir_fd, temporary, 0); /* of a process with our id that was killed here */
    return make_named(o, temporary);
}

/* A directory that outlives reboots would gather one file a boot. */
static void remove_other_boots(const struct opening *o)
{
    int fd = openat(o->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
        bool named_so = strncmp(e->d_name, NAME_PREFIX, sizeof NAME_PREFIX - 1) == 0 && strstr(e->d_name, ".shm");
        if (named_so && !strstr(e->d_name, o->boot))
            unlinkat(o->dir_fd, e->d_name, 0);
    }
    closedir(d);
}

static enum status open_or_make(const struct opening *o, struct gate_shared **g_r)
{
    enum status s = open_file(o, g_r);
    if (o->existing)
        return s == STATUS_NOT_FOUND ? refuse(o, s, NULL, "no pool has run here since the machine started") : s;
    for (unsigned tries = 0; s == STATUS_NOT_FOUND && tries < OPEN_TRIES; tries++) {
        remove_other_boots(o);
        s = make_file(o);
        if (s == STATUS_OK)
            s = open_file(o, g_r);
    }
    return s == STATUS_NOT_FOUND ? refuse(o, STATUS_CONFIG, o->name, "somebody keeps removing it") : s;
}

static enum status open_dir(struct opening *o, struct gate_shared **g_r)
{
    *g_r = NULL;
    enum status s = begin(o);
    if (s == STATUS_OK)
        s = open_or_make(o, g_r);
    if (o->dir_fd >= 0)
        close(o->dir_fd);
    return s;
}

enum status gate_shared_open(const char *dir, unsigned rate_mib, struct gate_shared **g_r, struct err *err)
{
    struct opening o = {.dir = dir, .dir_fd = -1, .rate_mib = rate_mib, .err = err};
    return open_dir(&o, g_r);
}

enum status gate_shared_open_existing(const char *dir, unsigned rate_mib, struct gate_shared **g_r, struct err *err)
{
    struct opening o = {.dir = dir, .dir_fd = -1, .rate_mib = rate_mib, .existing = true, .err = err};
    return open_dir(&o, g_r);
}

uint64_t gate_generation(const struct gate_shared *g)
{
    return atomic_load(&g->page->generation);
}

void gate_generation_bump(struct gate_shared *g)
{
    atomic_fetch_add(&g->page->generation, 1);
}
