#include <stdlib.h>

#include "harness/suite.h"
#include "ticket/formats.h"
#include "ticket/suites.h"
#include "ticket/support.h"

struct row {
    const char *text;
    bool good;
};

static void check_rows(const char *what, bool (*format)(struct sv), const struct row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        CHECK_INT(rows[i].text[0] ? rows[i].text : what, format(sv_from(rows[i].text)), rows[i].good);
}

static void test_email(void)
{
    static const struct row rows[] = {
        {"john.doe@email.com", true},
        {"a@b.c", true},
        {"a+b@sub.example.co.id", true},
        {"\"x\"@b.c", true},
        {"andré@exämple.de", true},
        {"", false},
        {"plain", false},
        {"@b.c", false},
        {"a@", false},
        {"a@b", false}, /* no dot in the domain */
        {"a.b@c", false},
        {"a@b@c.d", false},
        {"a@@b.c", false},
        {"a@.c", false},
        {"a@b.", false},
        {"a@b..c", false},
        {"a b@c.d", false},
        {"a@b. c", false},
        {" a@b.c", false},
        {"a@b.c ", false},
        {"a\t@b.c", false},
        {"a@b.c\n", false},
        {"a\x01@b.c", false},
        {"a\x7f@b.c", false},
        {"a\xc2\x85@b.c", false},     /* U+0085, a control */
        {"a\xc2\xa0@b.c", false},     /* no-break space */
        {"a\xe2\x80\x83@b.c", false}, /* em space */
        {"a@b\xe3\x80\x80.c", false}, /* ideographic space */
    };
    check_rows("email", ticket_format_email, rows, SUITE_N(rows));
}

static void test_phone(void)
{
    static const struct row rows[] = {
        {"+6281234567890", true},
        {"081 234-567.890", true},
        {"(0431) 85/1234", true},
        {"1", true},
        {"-1", true},
        {"", false},
        {"+", false},
        {"()- ", false},
        {"1+2", false},
        {"++1", false},
        {" +1", false},
        {"12a", false},
        {"12\t3", false},
        {"12;3", false},
        {"\xd9\xa1", false}, /* an Arabic digit */
        {"1\xc2\xa0"
         "2",
         false},
    };
    check_rows("phone", ticket_format_phone, rows, SUITE_N(rows));
    CHECK("NUL", !ticket_format_phone((struct sv){"1\0", 2}));
}

static void test_category(void)
{
    char *most = repeat("A", 64), *more = repeat("A", 65);
    const struct row rows[] = {
        {"SERVICE_QUALITY", true},
        {"A", true},
        {"A1_", true},
        {most, true},
        {more, false},
        {"", false},
        {"_A", false},
        {"1A", false},
        {"a", false},
        {"Ab", false},
        {"A-B", false},
        {"A B", false},
        {"A ", false},
        {" A", false},
        {"A\xc3\x89", false},
    };
    check_rows("category", ticket_format_category, rows, SUITE_N(rows));
    free(most);
    free(more);
}

static void test_currency(void)
{
    static const struct row rows[] = {
        {"IDR", true},   {"USD", true},  {"", false},    {"ID", false},
        {"IDRX", false}, {"idr", false}, {"ID1", false}, {"I R", false},
    };
    check_rows("currency", ticket_format_currency, rows, SUITE_N(rows));
}

static void test_mime_type(void)
{
    static const struct row rows[] = {
        {"image/jpeg", true},
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", true},
        {"image/svg+xml", true},
        {"X-a/b_c", true},
        {"", false},
        {"image", false},
        {"image/", false},
        {"/jpeg", false},
        {"a/b/c", false},
        {"text/plain; charset=utf-8", false},
        {"text /plain", false},
        {"text/pl\xc3\xa4in", false},
        {"text/pla\nin", false},
        {"a/\"b\"", false},
    };
    check_rows("mime", ticket_format_mime_type, rows, SUITE_N(rows));
    CHECK("NUL", !ticket_format_mime_type((struct sv){"a/b\0", 4}));
}

static void test_filename(void)
{
    static const struct {
        const char *sent, *kept; /* NULL: refused */
    } rows[] = {
        {"atm_receipt.jpg", "atm_receipt.jpg"},
        {"a/b/c.txt", "c.txt"},
        {"C:\\dir\\c.txt", "c.txt"},
        {"../../etc/passwd", "passwd"},
        {"a\\b/c", "c"},
        {"a/b\\c", "c"},
        {"/c", "c"},
        {"...", "..."},
        {".bashrc", ".bashrc"},
        {" x y ", " x y "},
        {"a\r\nb.txt", "ab.txt"},
        {"\x01"
         "a\x7f.txt",
         "a.txt"},
        {"a\xc2\x9f.txt", "a.txt"},
        {"r\xc3\xa9sum\xc3\xa9.pdf", "r\xc3\xa9sum\xc3\xa9.pdf"},
        {"a\"b.txt", "a\"b.txt"},
        {"", NULL},
        {".", NULL},
        {"..", NULL},
        {"dir/", NULL},
        {"dir\\", NULL},
        {"dir/..", NULL},
        {"dir/.", NULL},
        {".\x01.", NULL},
        {"\x01\x02", NULL},
        {"dir/ \x01 ", NULL},
    };
    struct arena *a = arena_new(65536);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct sv kept = SV_NONE;
        enum status s = ticket_format_filename(a, sv_from(rows[i].sent), &kept);
        CHECK_INT(rows[i].sent, s, rows[i].kept ? STATUS_OK : STATUS_BAD_INPUT);
        if (rows[i].kept)
            CHECK_STR(rows[i].sent, text_of(kept), rows[i].kept);
    }
    arena_free(&a);
}

void init_formats_tests(void)
{
    static const struct suite_test tests[] = {
        {"email", test_email},       {"phone", test_phone},         {"category", test_category},
        {"currency", test_currency}, {"mime type", test_mime_type}, {"filename", test_filename},
    };
    suite_add("ticket formats", NULL, NULL, tests, SUITE_N(tests));
}
