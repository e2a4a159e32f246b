/* SPDX-License-Identifier: Apache-2.0 */
/* format/ical.c — lines of at most 75 bytes, cut between letters; texts escaped. Events take up
 * no time: what is due on a day makes nobody busy on it. */
#include "format/format.h"

#define LINE_MOST 75

static void put_folded(struct buf *b, struct text line)
{
    size_t room = LINE_MOST;
    while (line.len > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char)line.at[n] & 0xC0) == 0x80)
            n--;
        buf_print(b, "%.*s\r\n ", (int)n, line.at);
        line = text_from(line, n);
        room = LINE_MOST - 1; /* the space counts */
    }
    buf_print(b, "%.*s\r\n", TEXT_ARG(line));
}

/* A line of the most that a summary has, however it is escaped. */
#define WRITTEN_MOST 16384

static void put_text(struct buf *b, const char *name, struct text value)
{
    char room[WRITTEN_MOST];
    size_t n = 0;
    for (const char *c = name; *c; c++)
        room[n++] = *c;
    room[n++] = ':';
    for (size_t i = 0; i < value.len && n + 2 < sizeof room; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c == '\n' || c == '\t')
            c = ' ';
        if (c < ' ' || c == 127)
            continue;
        if (c == '\\' || c == ';' || c == ',')
            room[n++] = '\\';
        room[n++] = (char)c;
    }
    while (n > 0 && !text_utf8((struct text){room, n})) /* cut within a letter */
        n--;
    put_folded(b, (struct text){room, n});
}

/* An address is not escaped; one that has anything but plain signs is left out. */
static void put_uri(struct buf *b, struct text url)
{
    struct buf line = buf_in(b->arena, 2048);
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.at[i] <= ' ' || (unsigned char)url.at[i] > '~')
            return;
    buf_print(&line, "URL:%.*s", TEXT_ARG(url));
    if (!line.full)
        put_folded(b, buf_text(&line));
}

static void put_moment(struct buf *b, const char *name, int64_t at)
{
    struct arena *a = arena_open();
    struct text t = moment_print(a, at); /* 2026-11-29T14:00:00.000000Z */
    buf_print(b, "%s:%.4s%.2s%.5s%.2s%.2sZ\r\n", name, t.at, t.at + 5, t.at + 8, t.at + 14,
              t.at + 17);
    arena_close(a);
}

void ical_begin(struct buf *b, struct text name)
{
    buf_print(b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Aimwell//Aimwell//EN\r\n"
                 "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    put_text(b, "X-WR-CALNAME", name);
    put_text(b, "NAME", name);
    buf_print(b, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
}

void ical_add(struct buf *b, const struct ical_event *e)
{
    buf_print(b, "BEGIN:VEVENT\r\n");
    put_text(b, "UID", e->uid);
    put_moment(b, "DTSTAMP", e->stamp);
    put_moment(b, "LAST-MODIFIED", e->stamp);
    buf_print(b, "SEQUENCE:%lld\r\n", (long long)e->sequence);
    if (e->day.len == 10)
        buf_print(b, "DTSTART;VALUE=DATE:%.4s%.2s%.2s\r\n", e->day.at, e->day.at + 5,
                  e->day.at + 8);
    else
        put_moment(b, "DTSTART", e->at);
    put_text(b, "SUMMARY", e->summary);
    if (e->url.len > 0)
        put_uri(b, e->url);
    buf_print(b, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void ical_end(struct buf *b)
{
    buf_print(b, "END:VCALENDAR\r\n");
}
