/* How long a peer may take. Time passes while the code under test waits, and, if a
 * test says so, each time it looks at the clock: the linker puts our poll() and
 * clock_mono_us() in the place of the real ones. */
#include <errno.h>
#include <fcgios.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/peer.h"
#include "bin/suites.h"
#include "harness/suite.h"

#define ROUNDS_MAX 100000 /* more than any bound allows */
#define WAITS_MAX 1000    /* that none needs: then poll fails, and so does the test */

int64_t __real_clock_mono_us(void);
int64_t __wrap_clock_mono_us(void);
int __real_poll(struct pollfd *fds, nfds_t n, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int ms);

static struct {
    bool is_ours;
    int64_t now, begun; /* [us] */
    int fd[2];          /* the worker's end, the peer's */
    int64_t step;       /* [us] between two acts of the peer; 0: it does nothing */
    int64_t look;       /* [us] a look at the clock takes */
    unsigned waits;
    void (*act)(int fd);
} world;

int64_t __wrap_clock_mono_us(void)
{
    if (!world.is_ours)
        return __real_clock_mono_us();
    world.now += world.look;
    return world.now;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int ms)
{
    int64_t most = ms * INT64_C(1000);
    if (!world.is_ours)
        return __real_poll(fds, n, ms);
    if (ms < 0 || ++world.waits >= WAITS_MAX) {
        world.waits = WAITS_MAX;
        errno = EBADF;
        return -1;
    }
    if (world.step == 0 || world.step > most) {
        world.now += most;
        return 0;
    }
    world.now += world.step;
    world.act(world.fd[1]);
    return 1;
}

static void begin(int64_t step_us, void (*act)(int fd))
{
    CHECK_INT("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, world.fd), 0);
    world.step = step_us;
    world.act = act;
    world.look = 0;
    world.waits = 0;
    world.now = world.begun = 77 * CLOCK_SECOND;
    world.is_ours = true;
}

static void end(void)
{
    world.is_ours = false;
    OS_IpcClose(world.fd[0], 0);
    close(world.fd[1]);
}

static void send_byte(int fd)
{
    CHECK_INT("sent", send(fd, "", 1, 0), 1);
}

static void take_some(int fd)
{
    char some[4096];
    CHECK("taken", recv(fd, some, sizeof some, MSG_DONTWAIT) > 0);
}

static void check_cut(const char *row, int n, int64_t after_s)
{
    CHECK_INT(row, n, -1);
    CHECK_INT(row, errno, ETIMEDOUT);
    CHECK_INT(row, (world.now - world.begun) / CLOCK_SECOND, after_s);
    CHECK(row, world.waits < WAITS_MAX);
}

static int read_on(unsigned *rounds)
{
    char buf[64];
    int n = 0;
    for (*rounds = 0; *rounds < ROUNDS_MAX && (n = OS_Read(world.fd[0], buf, sizeof buf)) > 0; ++*rounds)
        continue;
    return n;
}

static void test_read(void)
{
    static const char beginning[16] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0";
    static const char params[8] = "\1\4\0\1\x7f\xff\0";
    unsigned rounds;
    begin(0, NULL);
    check_cut("a peer that says nothing", read_on(&rounds), PEER_FIRST_MAX);
    CHECK_INT("it stays cut", read_on(&rounds), -1);
    end();
    begin(0, NULL);
    CHECK_INT("beginning", send(world.fd[1], beginning, sizeof beginning, 0), sizeof beginning);
    check_cut("one that begins and says no more", read_on(&rounds), PEER_READ_MAX);
    end();
    begin(CLOCK_SECOND, send_byte);
    CHECK_INT("beginning", send(world.fd[1], beginning, sizeof beginning, 0), sizeof beginning);
    CHECK_INT("a long record", send(world.fd[1], params, sizeof params, 0), sizeof params);
    check_cut("one that sends a byte a second", read_on(&rounds), PEER_READ_MAX);
    CHECK("its bytes were read", rounds >= PEER_READ_MAX - 1);
    end();
}

/* Its bytes are always there already: nobody waits for them. */
static void test_read_at_once(void)
{
    static char much[8 + 0xffff] = "\1\4\0\1\xff\xff\0"; /* parameters without a name or a value */
    static const char beginning[16] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0";
    unsigned rounds;
    begin(0, NULL);
    world.look = CLOCK_SECOND / 10;
    CHECK_INT("beginning", send(world.fd[1], beginning, sizeof beginning, 0), sizeof beginning);
    CHECK_INT("much", send(world.fd[1], much, sizeof much, 0), sizeof much);
    check_cut("one whose bytes are there before they are asked for", read_on(&rounds), PEER_READ_MAX);
    CHECK("they were read until then", rounds > 2);
    CHECK_INT("nobody waited", world.waits, 0);
    end();
}

/* The last part of a millisecond is waited for, not spun away. */
static void test_last_millisecond(void)
{
    unsigned rounds;
    begin(0, NULL);
    world.look = 300;
    check_cut("one that says nothing", read_on(&rounds), PEER_FIRST_MAX);
    CHECK("a wait or two", world.waits <= 2);
    end();
}

/* An answer that never ends. */
static int write_on(unsigned *rounds)
{
    static char answer[4096];
    int n = 0;
    for (*rounds = 0; *rounds < ROUNDS_MAX && (n = OS_Write(world.fd[0], answer, sizeof answer)) > 0; ++*rounds)
        continue;
    return n;
}

static void test_write(void)
{
    unsigned full, rounds;
    begin(0, NULL);
    check_cut("one that takes nothing", write_on(&full), PEER_WRITE_MAX);
    CHECK("first the socket took some", full > 0 && full < ROUNDS_MAX);
    end();
    begin(CLOCK_SECOND, take_some);
    check_cut("one that takes some each second", write_on(&rounds), PEER_WRITE_MAX);
    CHECK("more was written", rounds > full);
    end();
}

static int quiet(void)
{
    log_setup("unit-bin", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
    return 0;
}

void init_peer_time_tests(void)
{
    static const struct suite_test tests[] = {
        {"a request takes its time", test_read},
        {"one that need not be waited for", test_read_at_once},
        {"the last millisecond", test_last_millisecond},
        {"an answer is taken slowly", test_write},
    };
    suite_add("bin/peer time", quiet, NULL, tests, SUITE_N(tests));
}
