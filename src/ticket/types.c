#include "ticket/types.h"

#include "base/num.h"
#include "ticket/words.h"

static const char *const channels[TICKET_CHANNEL__MAX] = {
    [TICKET_WHATSAPP] = "WHATSAPP",     [TICKET_EMAIL] = "EMAIL",     [TICKET_CHAT] = "CHAT",
    [TICKET_PHONE] = "PHONE",           [TICKET_SMS] = "SMS",         [TICKET_FACEBOOK] = "FACEBOOK",
    [TICKET_INSTAGRAM] = "INSTAGRAM",   [TICKET_TWITTER] = "TWITTER", [TICKET_TELEGRAM] = "TELEGRAM",
    [TICKET_WEB_PORTAL] = "WEB_PORTAL",
};
static const char *const service_types[TICKET_SERVICE_TYPE__MAX] = {
    [TICKET_CLAIM] = "CLAIM",
    [TICKET_REIMBURSEMENT] = "REIMBURSEMENT",
    [TICKET_DISPUTE] = "DISPUTE",
    [TICKET_COMPLAINT] = "COMPLAINT",
    [TICKET_INQUIRY] = "INQUIRY",
    [TICKET_FEEDBACK] = "FEEDBACK",
    [TICKET_TECHNICAL_SUPPORT] = "TECHNICAL_SUPPORT",
    [TICKET_ACCOUNT_ISSUE] = "ACCOUNT_ISSUE",
    [TICKET_CARD_ISSUE] = "CARD_ISSUE",
    [TICKET_ATM_ISSUE] = "ATM_ISSUE",
    [TICKET_MOBILE_BANKING] = "MOBILE_BANKING",
    [TICKET_INTERNET_BANKING] = "INTERNET_BANKING",
    [TICKET_GENERAL_REQUEST] = "GENERAL_REQUEST",
    [TICKET_OTHER] = "OTHER",
};
static const char *const priorities[TICKET_PRIORITY__MAX] = {
    [TICKET_LOW] = "LOW",       [TICKET_MEDIUM] = "MEDIUM",     [TICKET_HIGH] = "HIGH",
    [TICKET_URGENT] = "URGENT", [TICKET_CRITICAL] = "CRITICAL",
};
static const char *const statuses[TICKET_STATUS__MAX] = {
    [TICKET_OPEN] = "OPEN",         [TICKET_IN_PROGRESS] = "IN_PROGRESS", [TICKET_PENDING] = "PENDING",
    [TICKET_RESOLVED] = "RESOLVED", [TICKET_CLOSED] = "CLOSED",           [TICKET_CANCELLED] = "CANCELLED",
};
static const char *const actions[TICKET_ACTION__MAX] = {
    [TICKET_ADD_COMMENT] = "ADD_COMMENT",
    [TICKET_UPDATE_STATUS] = "UPDATE_STATUS",
    [TICKET_ADD_ATTACHMENT] = "ADD_ATTACHMENT",
    [TICKET_ASSIGN] = "ASSIGN",
};
static const char *const events[TICKET_EVENT__MAX] = {
    [TICKET_EVENT_CREATED] = "TICKET_CREATED",      [TICKET_EVENT_STATUS_CHANGED] = "STATUS_CHANGED",
    [TICKET_EVENT_COMMENT_ADDED] = "COMMENT_ADDED", [TICKET_EVENT_RESOLVED] = "TICKET_RESOLVED",
    [TICKET_EVENT_CLOSED] = "TICKET_CLOSED",
};

const struct ticket_words ticket_channel_words = {channels, TICKET_CHANNEL__MAX};
const struct ticket_words ticket_service_type_words = {service_types, TICKET_SERVICE_TYPE__MAX};
const struct ticket_words ticket_priority_words = {priorities, TICKET_PRIORITY__MAX};
const struct ticket_words ticket_status_words = {statuses, TICKET_STATUS__MAX};
const struct ticket_words ticket_action_words = {actions, TICKET_ACTION__MAX};
static const struct ticket_words event_words = {events, TICKET_EVENT__MAX};

static const char *name_of(const struct ticket_words *w, unsigned v)
{
    return v < w->n ? w->word[v] : "UNKNOWN";
}

const char *ticket_channel_name(enum ticket_channel v)
{
    return name_of(&ticket_channel_words, (unsigned)v);
}

const char *ticket_service_type_name(enum ticket_service_type v)
{
    return name_of(&ticket_service_type_words, (unsigned)v);
}

const char *ticket_priority_name(enum ticket_priority v)
{
    return name_of(&ticket_priority_words, (unsigned)v);
}

const char *ticket_status_name(enum ticket_status v)
{
    return name_of(&ticket_status_words, (unsigned)v);
}

const char *ticket_action_name(enum ticket_action v)
{
    return name_of(&ticket_action_words, (unsigned)v);
}

const char *ticket_event_name(enum ticket_event_type v)
{
    return name_of(&event_words, (unsigned)v);
}

bool ticket_channel_parse(struct sv s, enum ticket_channel *out_r)
{
    unsigned i;
    if (!ticket_words_find(&ticket_channel_words, s, &i))
        return false;
    *out_r = (enum ticket_channel)i;
    return true;
}

bool ticket_service_type_parse(struct sv s, enum ticket_service_type *out_r)
{
    unsigned i;
    if (!ticket_words_find(&ticket_service_type_words, s, &i))
        return false;
    *out_r = (enum ticket_service_type)i;
    return true;
}

bool ticket_priority_parse(struct sv s, enum ticket_priority *out_r)
{
    unsigned i;
    if (!ticket_words_find(&ticket_priority_words, s, &i))
        return false;
    *out_r = (enum ticket_priority)i;
    return true;
}

bool ticket_status_parse(struct sv s, enum ticket_status *out_r)
{
    unsigned i;
    if (!ticket_words_find(&ticket_status_words, s, &i))
        return false;
    *out_r = (enum ticket_status)i;
    return true;
}

bool ticket_action_parse(struct sv s, enum ticket_action *out_r)
{
    unsigned i;
    if (!ticket_words_find(&ticket_action_words, s, &i))
        return false;
    *out_r = (enum ticket_action)i;
    return true;
}

bool ticket_status_is_closed(enum ticket_status s)
{
    return s == TICKET_RESOLVED || s == TICKET_CLOSED || s == TICKET_CANCELLED;
}

bool ticket_number_parse(struct sv s, uint64_t *number_r)
{
    uint64_t n;
    if (!num_u64(s, false, INT64_MAX, &n) || n == 0)
        return false;
    *number_r = n;
    return true;
}
