#include <string.h>

#include "base/conf.h"

#define SAMPLE_WIDTH 78 /* [columns] */

/* Words of a comment, wrapped. */
static void print_comment(FILE *out, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > 0 && column + 1 + n > SAMPLE_WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        fputs(column == 0 ? "# " : " ", out);
        fwrite(text, 1, n, out);
        column += (column == 0 ? 2 : 1) + n;
        text += n + (text[n] == ' ');
    }
    fputc('\n', out);
}

void conf_print_sample(FILE *out)
{
    print_comment(
        out, "Omnichannel's configuration. Lines are: name = value. Comments start with # and stand on lines of "
             "their own. The values shown are the defaults, but for lists, which are empty and show an example; see "
             "omnichannel.conf(5).");
    for (size_t i = 0; i < conf_table_n; i++) {
        const struct conf_row *row = &conf_table[i];
        char bounds[CONF_BOUNDS_MAX], text[CONF_BOUNDS_MAX + 16];
        conf_bounds(row, bounds);
        snprintf(text, sizeof text, "Must be %s.", bounds);
        fputc('\n', out);
        print_comment(out, row->help);
        print_comment(out, text);
        const char *value = row->example ? row->example : row->standard;
        fprintf(out, "#%s =%s%s\n", row->name, *value ? " " : "", value);
    }
}
