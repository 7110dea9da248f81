/* Services and branches. */
#include "suites.h"

#include <string.h>
#include "support.h"

static struct store *s;

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static const struct store_service *find(const struct store_service *rows, size_t n, enum ticket_service_type type,
                                        const char *sub_type)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].type == type && sv_is(rows[i].sub_type, sub_type))
            return &rows[i];
    return NULL;
}

static void services(void)
{
    struct store_service *rows;
    size_t n, more;
    CHECK_INT("list", store_service_list(s, support_arena, &rows, &n, support_err()), STATUS_OK);
    const struct store_service *v = find(rows, n, TICKET_CLAIM, "");
    CHECK("default row, present and empty", v && v->sub_type.p);
    v = find(rows, n, TICKET_CLAIM, "ATM_CARD_RETAINED");
    CHECK("sub-type", v && v->response_minutes == 60 && v->sla_hours == 4 && v->estimate_hours == 24);
    struct store_service set = {.type = TICKET_OTHER,
                                .sub_type = SV("LOST_é"),
                                .name = SV("Found things"),
                                .support_group = SV("Desk"),
                                .response_minutes = 5,
                                .sla_hours = 6,
                                .estimate_hours = 7};
    CHECK_INT("insert", store_service_set(s, &set, support_err()), STATUS_OK);
    set.name = SV("Lost things");
    set.sla_hours = 60;
    CHECK_INT("replace", store_service_set(s, &set, support_err()), STATUS_OK);
    CHECK_INT("replace by the same", store_service_set(s, &set, support_err()), STATUS_OK);
    set.sub_type = SV("LOST_e");
    CHECK_INT("another sub-type", store_service_set(s, &set, support_err()), STATUS_OK);
    CHECK_INT("list", store_service_list(s, support_arena, &rows, &more, support_err()), STATUS_OK);
    CHECK_INT("two more", more, n + 2);
    v = find(rows, more, TICKET_OTHER, "LOST_é");
    CHECK("replaced", v && v->sla_hours == 60 && v->response_minutes == 5 && v->estimate_hours == 7);
    CHECK_STR("name", v ? v->name.p : "", "Lost things");
    support_do("DELETE FROM service WHERE sub_type LIKE 'LOST%%'");
}

static void branches(void)
{
    struct store_branch *rows;
    size_t n, more;
    CHECK_INT("list", store_branch_list(s, support_arena, &rows, &n, support_err()), STATUS_OK);
    CHECK_STR("first", rows[0].code.p, "001");
    struct store_branch set = {.code = SV("777"), .name = SV("Cabang Tujuh")};
    CHECK_INT("insert", store_branch_set(s, &set, support_err()), STATUS_OK);
    set.name = SV("Cabang Baru");
    CHECK_INT("replace", store_branch_set(s, &set, support_err()), STATUS_OK);
    CHECK_INT("list", store_branch_list(s, support_arena, &rows, &more, support_err()), STATUS_OK);
    CHECK_INT("one more", more, n + 1);
    CHECK_STR("replaced", rows[more - 1].name.p, "Cabang Baru");
    support_do("DELETE FROM branch WHERE code = '777'");
}

void init_catalog_tests(void)
{
    static const struct suite_test tests[] = {{"services", services}, {"branches", branches}};
    suite_add("store catalog", set_up, tear_down, tests, SUITE_N(tests));
}
