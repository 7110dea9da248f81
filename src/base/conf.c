#include "base/conf.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"

#define CURRENCY_SIZE 3                  /* [characters] ISO 4217 */
#define CHECK_MEMORY ((size_t)64 * 1024) /* [bytes] */

/* One parse: where it is, and which names stood where. */
struct parse {
    const char *file;
    unsigned line;
    unsigned *lines; /*!< [conf_table_n] line that gave each name, 0: none did */
    struct conf *conf;
    struct arena *arena;
    struct err *err;
};

static enum status complain(struct parse *p, unsigned line, const char *name, const char *why)
{
    return err_set(p->err, STATUS_CONFIG, "%.120s:%u: %.40s%s%s", p->file, line, name, *name ? ": " : "", why);
}

static void put_words(char *out, const char *const *words)
{
    size_t n = strlen(out);
    for (; *words; words++) {
        int more = snprintf(out + n, CONF_BOUNDS_MAX - n, "%s%s", *words, words[1] ? ", " : "");
        n += (size_t)more < CONF_BOUNDS_MAX - n ? (size_t)more : 0;
    }
}

void conf_bounds(const struct conf_row *row, char out[CONF_BOUNDS_MAX])
{
    int low = (int)row->min, high = (int)row->max;
    switch (row->type) {
    case CONF_INT:
        snprintf(out, CONF_BOUNDS_MAX, "a whole number from %d to %d%s%s", low, high, *row->unit ? " " : "", row->unit);
        break;
    case CONF_BOOL:
        snprintf(out, CONF_BOUNDS_MAX, "yes or no");
        break;
    case CONF_STRING:
        snprintf(out, CONF_BOUNDS_MAX, "%d to %d characters", low, high);
        break;
    case CONF_PATH:
        snprintf(out, CONF_BOUNDS_MAX, "%san absolute path of at most %d characters", low ? "" : "empty or ", high);
        break;
    case CONF_DECIMAL:
        snprintf(out, CONF_BOUNDS_MAX, "an amount in %s of at most %d digits", row->unit, CONF_DECIMAL_DIGITS);
        break;
    case CONF_LIST:
        snprintf(out, CONF_BOUNDS_MAX, "given at most %d times, one value each", CONF_LIST_MAX);
        break;
    case CONF_ENUM:
        snprintf(out, CONF_BOUNDS_MAX, "one of ");
        put_words(out, row->words);
        break;
    case CONF_TYPE__MAX:
    default:
        out[0] = '\0';
    }
}

static bool set_int(const struct conf_row *row, struct sv value, void *to)
{
    uint64_t v;
    if (!num_u64(value, false, (uint64_t)row->max, &v) || v < (uint64_t)row->min)
        return false;
    int64_t stored = (int64_t)v;
    memcpy(to, &stored, sizeof stored);
    return true;
}

static bool set_bool(struct sv value, void *to)
{
    bool v = sv_is(value, "yes");
    memcpy(to, &v, sizeof v);
    return v || sv_is(value, "no");
}

static bool set_enum(const struct conf_row *row, struct sv value, void *to)
{
    _Static_assert(sizeof(enum log_level) == sizeof(unsigned) && sizeof(enum log_target) == sizeof(unsigned),
                   "all enumerations of struct conf have one size");
    for (unsigned i = 0; row->words[i]; i++)
        if (sv_is(value, row->words[i])) {
            memcpy(to, &i, sizeof i);
            return true;
        }
    return false;
}

static bool set_text(struct sv value, char *to)
{
    _Static_assert(CONF_LINE_MAX <= CONF_STRING_MAX, "a line's value fits, as the line has a '=' too");
    memcpy(to, value.p, value.n);
    to[value.n] = '\0';
    return true;
}

static bool length_ok(const struct conf_row *row, struct sv value)
{
    return value.n >= (size_t)row->min && value.n <= (size_t)row->max;
}

static bool is_amount(struct sv s)
{
    struct sv whole;
    uint64_t v;
    if (!sv_cut(&s, '.', &whole) || whole.n + s.n > CONF_DECIMAL_DIGITS)
        return false;
    return num_u64(whole, false, UINT64_MAX, &v) && (!s.p || num_u64(s, true, UINT64_MAX, &v));
}

static bool add_item(struct sv value, struct conf_list *list)
{
    if (list->n == CONF_LIST_MAX || !set_text(value, list->item[list->n]))
        return false;
    list->n++;
    return true;
}

/* Whether the value is within the row's bounds; stored if so. */
static bool set_value(struct conf *c, const struct conf_row *row, struct sv value)
{
    char *to = (char *)c + row->offset;
    switch (row->type) {
    case CONF_INT:
        return set_int(row, value, to);
    case CONF_BOOL:
        return set_bool(value, to);
    case CONF_ENUM:
        return set_enum(row, value, to);
    case CONF_STRING:
        return length_ok(row, value) && set_text(value, to);
    case CONF_PATH:
        return length_ok(row, value) && (value.n == 0 || value.p[0] == '/') && set_text(value, to);
    case CONF_DECIMAL:
        return is_amount(value) && set_text(value, to);
    case CONF_LIST:
        return value.n > 0 && add_item(value, (struct conf_list *)(void *)to);
    case CONF_TYPE__MAX:
    default:
        return false;
    }
}

void conf_defaults(struct conf *c)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < conf_table_n; i++)
        if (conf_table[i].type != CONF_LIST)
            (void)set_value(c, &conf_table[i], sv_from(conf_table[i].standard));
}

/* Why the newest rate cannot be one, or NULL. */
static const char *check_rate(const struct conf_list *list)
{
    const char *item = list->item[list->n - 1];
    for (unsigned i = 0; i < CURRENCY_SIZE; i++)
        if (item[i] < 'A' || item[i] > 'Z')
            return "must be a currency and its rate, like USD 15600";
    struct sv rate = sv_from(item + CURRENCY_SIZE);
    if (!sv_has_prefix(rate, SV(" ")) || !is_amount(sv_from(item + CURRENCY_SIZE + 1)))
        return "must be a currency and its rate, like USD 15600";
    if (!strpbrk(item + CURRENCY_SIZE, "123456789"))
        return "must be a rate above zero";
    for (unsigned i = 0; i + 1 < list->n; i++)
        if (strncmp(list->item[i], item, CURRENCY_SIZE) == 0)
            return "has a rate already";
    return strncmp(item, "IDR", CURRENCY_SIZE) == 0 ? "must be a foreign currency" : NULL;
}

static const char *check_tracking(const char *url)
{
    struct sv s = sv_from(url);
    if (!sv_has_prefix(s, SV("https://")) && !sv_has_prefix(s, SV("http://")))
        return "must start with https:// or http://";
    return url[s.n - 1] == '/' ? "must not end in a slash" : NULL;
}

/* What the bounds cannot say. */
static const char *check_value(const struct conf *c, const struct conf_row *row)
{
    if (row->offset == offsetof(struct conf, currency_rate))
        return check_rate(&c->currency_rate);
    if (row->offset == offsetof(struct conf, tracking_url_base))
        return check_tracking(c->tracking_url_base);
    return NULL;
}

static enum status take_value(struct parse *p, const char *name, struct sv value)
{
    size_t i = 0;
    while (i < conf_table_n && strcmp(conf_table[i].name, name) != 0)
        i++;
    if (i == conf_table_n)
        return complain(p, p->line, name, "unknown name");
    const struct conf_row *row = &conf_table[i];
    if (p->lines[i] != 0 && row->type != CONF_LIST)
        return complain(p, p->line, name, "given twice");
    p->lines[i] = p->line;
    if (!set_value(p->conf, row, value)) {
        char bounds[CONF_BOUNDS_MAX], why[CONF_BOUNDS_MAX + 8];
        conf_bounds(row, bounds);
        snprintf(why, sizeof why, "must be %s", bounds);
        return complain(p, p->line, name, why);
    }
    const char *why = check_value(p->conf, row);
    return why ? complain(p, p->line, name, why) : STATUS_OK;
}

static int on_pair(void *ctx, const char *section, const char *name, const char *value)
{
    (void)section;
    return take_value(ctx, name, sv_from(value)) == STATUS_OK;
}

/* Why inih would misread the line, or NULL. It takes ':' for '=', and cuts a
 * value at " ;" without a word. */
static const char *check_line(struct sv line)
{
    size_t separator = 0;
    if (line.p[0] == '[')
        return "sections are not used";
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if ((c < ' ' || c > '~') && c != '\t')
            return "only printable ASCII is allowed";
        if (i > 0 && (c == ';' || c == '#') && (line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return "comments stand on lines of their own";
        if (separator == 0 && (c == '=' || c == ':'))
            separator = i;
    }
    return separator == 0 || line.p[separator] != '=' ? "must be name = value" : NULL;
}

static enum status take_line(struct parse *p, struct sv line)
{
    if (line.n > CONF_LINE_MAX)
        return complain(p, p->line, "", "the line is longer than 190 bytes");
    line = sv_trim(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return STATUS_OK;
    const char *why = check_line(line);
    if (why)
        return complain(p, p->line, "", why);
    char text[CONF_LINE_MAX + 1];
    memcpy(text, line.p, line.n);
    text[line.n] = '\0';
    if (ini_parse_string(text, on_pair, p) != 0)
        return complain(p, p->line, "", "must be name = value");
    return STATUS_OK;
}

static unsigned line_of(const struct parse *p, size_t offset, const char **name_r)
{
    size_t i = 0;
    while (conf_table[i].offset != offset)
        i++;
    *name_r = conf_table[i].name;
    return p->lines[i];
}

static enum status check_order(struct parse *p, size_t low, size_t high)
{
    struct num_dec x, y;
    enum status s = num_dec_parse(p->arena, sv_from((const char *)p->conf + low), &x);
    if (s == STATUS_OK)
        s = num_dec_parse(p->arena, sv_from((const char *)p->conf + high), &y);
    if (s != STATUS_OK)
        return err_set(p->err, s, "%.120s: out of memory", p->file);
    if (num_dec_cmp(&x, &y) <= 0)
        return STATUS_OK;
    const char *name;
    unsigned line = line_of(p, high, &name);
    if (line != 0)
        return complain(p, line, name, "must not be below the amount of the priority before it");
    line = line_of(p, low, &name);
    return complain(p, line, name, "must not be above the amount of the priority after it");
}

static enum status parse(struct parse *p, struct sv text)
{
    struct sv line;
    while (sv_cut(&text, '\n', &line)) {
        p->line++;
        enum status s = take_line(p, line);
        if (s != STATUS_OK)
            return s;
    }
    enum status s =
        check_order(p, offsetof(struct conf, priority_high_amount), offsetof(struct conf, priority_urgent_amount));
    if (s != STATUS_OK)
        return s;
    return check_order(p, offsetof(struct conf, priority_urgent_amount),
                       offsetof(struct conf, priority_critical_amount));
}

enum status conf_parse(const char *name, struct sv text, struct conf *out_r, struct err *err)
{
    struct conf conf;
    struct parse p = {.file = name, .conf = &conf, .arena = arena_new(CHECK_MEMORY), .err = err};
    if (p.arena)
        p.lines = arena_array(p.arena, conf_table_n, sizeof *p.lines);
    if (!p.lines) {
        arena_free(&p.arena);
        return err_set(err, STATUS_NO_MEMORY, "%.120s: out of memory", name);
    }
    conf_defaults(&conf);
    enum status s = parse(&p, text);
    if (s == STATUS_OK)
        *out_r = conf;
    arena_free(&p.arena);
    return s;
}
