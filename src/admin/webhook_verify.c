/* Whether a signature that somebody received is ours. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "admin/partner.h"
#include "admin/put.h"
#include "admin/value.h"
#include "admin/webhook.h"
#include "base/buf.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

#define BODY_MAX (16u * 1024 * 1024) /* [bytes] what the database can hold of one */
#define CHUNK 65536                  /* [bytes] */
#define ID_MAX 255                   /* [characters] */
#define HEADER_MAX 2000              /* [characters] */
#define SIGNATURE_LENGTH (SIGN_HEX_SIZE - 1)

/* What was received. */
struct received {
    struct buf body;
    struct sv hex;      /* absent: the Standard header it is */
    struct sv standard; /* with id and time */
    struct sv id;
    uint64_t timestamp; /* [s] */
};

enum { SECRET_CURRENT, SECRET_PREVIOUS, SECRETS };

/* Who may have signed it. */
struct signers {
    char file[CONF_STRING_MAX]; /* of --secret-file */
    struct sv secret[SECRETS];
    const char *name[SECRETS];
};

static enum status read_all(int fd, struct buf *out)
{
    ssize_t n = 1;
    while (n > 0 && out->n <= BODY_MAX) {
        char *room = buf_room(out, CHUNK);
        n = room ? read(fd, room, CHUNK) : 0;
        if (n > 0)
            buf_claim(out, (size_t)n);
    }
    if (n < 0)
        return STATUS_IO;
    return out->n > BODY_MAX ? STATUS_TOO_LARGE : out->status;
}

static enum status read_body(struct admin *a, struct sv file, struct buf *out)
{
    bool standard_input = sv_is(file, "-");
    int fd = standard_input ? STDIN_FILENO : open(file.p, O_RDONLY | O_CLOEXEC);
    enum status s = fd < 0 ? STATUS_IO : read_all(fd, out);
    int number = errno;
    if (fd >= 0 && !standard_input)
        close(fd);
    if (s == STATUS_IO)
        return err_set(&a->err, STATUS_BAD_INPUT, "--body: cannot be read: %s", strerror(number));
    if (s == STATUS_TOO_LARGE)
        return err_set(&a->err, STATUS_BAD_INPUT, "--body: must be at most %u bytes", BODY_MAX);
    return s;
}

static bool is_signature(struct sv s)
{
    bool good = s.n == SIGNATURE_LENGTH;
    for (size_t i = 0; good && i < s.n; i++)
        good = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
    return good;
}

static enum status check_alone(struct admin *a, const struct admin_args *args)
{
    static const char *const names[] = {"id", "timestamp"};
    for (unsigned i = 0; i < 2; i++)
        if (admin_option(args, names[i]).p)
            return err_set(&a->err, STATUS_BAD_INPUT, "--%s: goes only with --standard", names[i]);
    if (!is_signature(admin_option(args, "signature")))
        return err_set(&a->err, STATUS_BAD_INPUT, "--signature: must be %d of 0-9 a-f", SIGNATURE_LENGTH);
    return STATUS_OK;
}

static enum status read_standard(struct admin *a, const struct admin_args *args, struct received *r)
{
    struct sv time = admin_option(args, "timestamp");
    r->id = admin_option(args, "id");
    if (!r->id.p || !time.p)
        return err_set(&a->err, STATUS_BAD_INPUT, "--standard: needs --id and --timestamp");
    enum status s = admin_value_text(r->standard, "--standard", HEADER_MAX, &a->err);
    if (s == STATUS_OK && !sv_has_prefix(r->standard, SV("v1,")) && !memmem(r->standard.p, r->standard.n, " v1,", 4))
        s = err_set(&a->err, STATUS_BAD_INPUT, "--standard: must have a signature that starts with v1,");
    if (s == STATUS_OK)
        s = admin_value_text(r->id, "--id", ID_MAX, &a->err);
    return s == STATUS_OK ? admin_value_number(time, "--timestamp", 0, INT64_MAX, &r->timestamp, &a->err) : s;
}

static enum status read_received(struct admin *a, const struct admin_args *args, struct received *r)
{
    r->hex = admin_option(args, "signature");
    r->standard = admin_option(args, "standard");
    if ((r->hex.p != NULL) == (r->standard.p != NULL))
        return err_set(&a->err, STATUS_BAD_INPUT, "--signature: either this or --standard is needed");
    enum status s = r->hex.p ? check_alone(a, args) : read_standard(a, args, r);
    return s == STATUS_OK ? read_body(a, admin_option(args, "body"), &r->body) : s;
}

static enum status read_file(struct admin *a, struct sv file, struct signers *w)
{
    char unused[SIGN_STANDARD_SIZE];
    enum status s = conf_password(file.p, w->file, &a->err);
    if (s != STATUS_OK) {
        char why[ERR_TEXT_MAX];
        snprintf(why, sizeof why, "%s", a->err.text);
        return admin_refuse(a, STATUS_BAD_INPUT, "--secret-file: %s", why);
    }
    w->secret[SECRET_CURRENT] = sv_from(w->file);
    w->name[SECRET_CURRENT] = "file";
    if (sign_standard(w->secret[SECRET_CURRENT], SV(""), 0, SV(""), unused) != STATUS_OK)
        return err_set(&a->err, STATUS_BAD_INPUT,
                       "--secret-file: must have a secret in its first line, whsec_ and base64");
    return STATUS_OK;
}

static enum status read_stored(struct admin *a, const struct admin_args *args, struct signers *w)
{
    struct store_partner p;
    struct store_secret stored;
    enum status s = admin_value_code(admin_option(args, "partner"), "--partner", &a->err);
    if (s == STATUS_OK)
        s = admin_prepare(a, ADMIN_NEED_STORE);
    if (s == STATUS_OK)
        s = admin_webhook_partner(a, args, &p);
    if (s == STATUS_OK)
        s = store_secret_find(admin_store(a), a->arena, p.code, &stored, &a->err);
    if (s != STATUS_OK)
        return s;
    *w = (struct signers){.secret = {stored.secret, stored.previous}, .name = {"current", "previous"}};
    return STATUS_OK;
}

static enum status read_signers(struct admin *a, const struct admin_args *args, struct signers *w)
{
    struct sv file = admin_option(args, "secret-file");
    *w = (struct signers){.secret = {SV_NONE, SV_NONE}};
    return file.p ? read_file(a, file, w) : read_stored(a, args, w);
}

static bool signed_by(struct sv secret, const struct received *r, struct sv body)
{
    if (!secret.p)
        return false;
    return r->hex.p ? sign_hex_verify(secret, body, r->hex)
                    : sign_standard_verify(secret, r->id, (int64_t)r->timestamp, body, r->standard);
}

/* The name of the secret that signed it, or NULL. */
static const char *signer(const struct signers *w, const struct received *r, struct sv body)
{
    for (unsigned i = 0; i < SECRETS; i++)
        if (signed_by(w->secret[i], r, body))
            return w->name[i];
    return NULL;
}

/* Editors end files with a line feed; bodies have none. */
static bool but_for_line_feed(const struct signers *w, const struct received *r)
{
    struct sv body = buf_view(&r->body);
    if (body.n == 0 || body.p[body.n - 1] != '\n')
        return false;
    body.n -= body.n >= 2 && body.p[body.n - 2] == '\r' ? 2 : 1;
    return signer(w, r, body) != NULL;
}

static enum status print_judgement(struct admin *a, const struct signers *w, const struct received *r)
{
    const char *name = signer(w, r, buf_view(&r->body));
    enum status s = STATUS_OK;
    if (a->json) {
        struct wire_writer *out = admin_json_start(a);
        wire_open(out);
        admin_put_bool(out, "valid", name != NULL);
        admin_put_str(out, "secret", name);
        wire_close(out);
        s = admin_json_end(a);
    } else if (name) {
        fprintf(a->out, "valid: signed with the %s secret\n", name);
    } else {
        fputs("not valid\n", a->out);
    }
    if (s != STATUS_OK || name)
        return s;
    if (but_for_line_feed(w, r))
        return admin_refuse(a, STATUS_INVALID, "not valid with the line feed at the end of the body, but without it");
    return admin_refuse(a, STATUS_INVALID, "not valid: no secret of these signed these bytes");
}

enum status admin_webhook_verify(struct admin *a, const struct admin_args *args)
{
    struct received r = {.hex = SV_NONE};
    struct signers w;
    if ((admin_option(args, "partner").p != NULL) == (admin_option(args, "secret-file").p != NULL))
        return err_set(&a->err, STATUS_BAD_INPUT, "--partner: either this or --secret-file is needed");
    buf_init(&r.body, BODY_MAX + CHUNK);
    enum status s = read_received(a, args, &r);
    if (s == STATUS_OK)
        s = read_signers(a, args, &w);
    if (s == STATUS_OK) {
        s = print_judgement(a, &w, &r);
        crypto_wipe(&w, sizeof w);
    }
    buf_free(&r.body);
    return s;
}
