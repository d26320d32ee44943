package dev.sluice.codec;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The types of `java.time`.
///
/// | Java | encoded as | also decoded |
/// |---|---|---|
/// | `Instant` | tag 1 with whole seconds, else tag 1001, `{1: seconds, -9: nanoseconds}` (RFC 9581) | tag 0; tag 1
/// with a float |
/// | `Duration` | tag 1002, `{1: seconds, -9: nanoseconds}`, without the latter if it is 0 | |
/// | `LocalDate` | tag 100, days since 1970-01-01 (RFC 8943) | tag 1004, text |
/// | `OffsetDateTime` | tag 0, text of RFC 3339 | |
/// | `LocalTime`, `LocalDateTime`, `ZonedDateTime`, `Period` | text of ISO 8601, as `toString` prints it | |
final class Times {
    private static final int TAG_TEXT = 0;
    private static final int TAG_EPOCH = 1;
    private static final int TAG_DAYS = 100;
    private static final int TAG_EXTENDED = 1001;
    private static final int TAG_DURATION = 1002;
    private static final int TAG_DATE = 1004;

    private static final int SECONDS = 1;
    private static final int NANOS = -9;
    private static final int MOST_NANOS = 999_999_999;

    private Times() {}

    static Map<Class<?>, Schema<?>> all() {
        Map<Class<?>, Schema<?>> all = new HashMap<>();
        all.put(
                Instant.class,
                new Scalar<>("an instant (tag 0, 1 or 1001)", Times::writeInstant, valid(Times::readInstant)));
        all.put(
                Duration.class,
                new Scalar<>("a duration (tag 1002)", Times::writeDuration, valid(Times::readDuration)));
        all.put(LocalDate.class, new Scalar<>("a date (tag 100 or 1004)", Times::writeDate, valid(Times::readDate)));
        all.put(
                OffsetDateTime.class,
                new Scalar<>("a date and time (tag 0)", Times::writeOffset, valid(Times::readOffset)));
        all.put(LocalTime.class, text("a time as hh:mm:ss", LocalTime::parse));
        all.put(LocalDateTime.class, text("a time as yyyy-mm-ddThh:mm:ss", LocalDateTime::parse));
        all.put(ZonedDateTime.class, text("a time as yyyy-mm-ddThh:mm:ss+hh:mm[zone]", ZonedDateTime::parse));
        all.put(Period.class, text("a period as PnYnMnD", Period::parse));
        return all;
    }

    private static <T> Schema<T> text(String expected, Function<String, T> parse) {
        return new Scalar<>(
                expected,
                (out, value) -> CborWriter.text(out, value.toString()),
                valid((in, what) -> parse.apply(in.text(what))));
    }

    private interface Reading<T> {
        T read(CborReader in, String expected);
    }

    /// Some items look right and are no time: the 30th of February.
    private static <T> BiFunction<CborReader, String, T> valid(Reading<T> reading) {
        return (in, expected) -> {
            int start = in.in.position();
            try {
                return reading.read(in, expected);
            } catch (DateTimeException | ArithmeticException failure) {
                throw in.refused(start, expected, failure);
            }
        };
    }

    private static void writeInstant(WireOutput out, Instant value) {
        if (value.getNano() == 0) {
            CborWriter.head(out, CborWriter.TAG, TAG_EPOCH);
            CborWriter.integer(out, value.getEpochSecond());
        } else {
            CborWriter.head(out, CborWriter.TAG, TAG_EXTENDED);
            writeExtended(out, value.getEpochSecond(), value.getNano());
        }
    }

    private static Instant readInstant(CborReader in, String expected) {
        int start = in.in.position();
        long tag = in.anyTag(expected);
        return switch (tag >>> 31 == 0 ? (int) tag : -1) {
            case TAG_TEXT -> OffsetDateTime.parse(in.text(expected)).toInstant();
            case TAG_EPOCH -> {
                if (in.nextMajor() != CborWriter.SIMPLE) {
                    yield Instant.ofEpochSecond(in.integer(Long.MIN_VALUE, Long.MAX_VALUE, expected));
                }
                double seconds = in.number(expected);
                double whole = Math.floor(seconds);
                if (!(Math.abs(whole) < 1e17)) {
                    throw in.refused(start, expected);
                }
                yield Instant.ofEpochSecond((long) whole, Math.round((seconds - whole) * 1e9));
            }
            case TAG_EXTENDED -> readExtended(in, Instant::ofEpochSecond);
            default -> throw in.refused(start, expected);
        };
    }

    private static void writeDuration(WireOutput out, Duration value) {
        CborWriter.head(out, CborWriter.TAG, TAG_DURATION);
        writeExtended(out, value.getSeconds(), value.getNano());
    }

    private static Duration readDuration(CborReader in, String expected) {
        in.tag(TAG_DURATION, expected);
        return readExtended(in, Duration::ofSeconds);
    }

    private static void writeExtended(WireOutput out, long seconds, int nanos) {
        CborWriter.head(out, CborWriter.MAP, nanos == 0 ? 1 : 2);
        CborWriter.integer(out, SECONDS);
        CborWriter.integer(out, seconds);
        if (nanos != 0) {
            CborWriter.integer(out, NANOS);
            CborWriter.integer(out, nanos);
        }
    }

    private interface OfSeconds<T> {
        T make(long seconds, long nanos);
    }

    private static <T> T readExtended(CborReader in, OfSeconds<T> result) {
        int start = in.in.position();
        int count = in.map("a map of seconds (1) and nanoseconds (-9)");
        long seconds = 0;
        long nanos = -1;
        boolean dated = false;
        for (int read = 0; in.more(count, read); read++) {
            int key = in.in.position();
            long unit = in.integer(NANOS, SECONDS, "1 (seconds) or -9 (nanoseconds)");
            if (unit == SECONDS && !dated) {
                seconds = in.integer(Long.MIN_VALUE, Long.MAX_VALUE, "whole seconds");
                dated = true;
            } else if (unit == NANOS && nanos < 0) {
                nanos = in.integer(0, MOST_NANOS, Scalars.integers(0, MOST_NANOS));
            } else {
                throw in.refused(key, "1 (seconds) or -9 (nanoseconds), each once");
            }
        }
        in.leave();
        if (!dated) {
            throw in.refused(start, "an entry 1 (seconds)");
        }
        return result.make(seconds, Math.max(0, nanos));
    }

    private static void writeDate(WireOutput out, LocalDate value) {
        CborWriter.head(out, CborWriter.TAG, TAG_DAYS);
        CborWriter.integer(out, value.toEpochDay());
    }

    private static LocalDate readDate(CborReader in, String expected) {
        int start = in.in.position();
        long tag = in.anyTag(expected);
        if (tag == TAG_DAYS) {
            return LocalDate.ofEpochDay(in.integer(Long.MIN_VALUE, Long.MAX_VALUE, expected));
        }
        if (tag == TAG_DATE) {
            return LocalDate.parse(in.text(expected));
        }
        throw in.refused(start, expected);
    }

    private static void writeOffset(WireOutput out, OffsetDateTime value) {
        CborWriter.head(out, CborWriter.TAG, TAG_TEXT);
        CborWriter.text(out, DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(value));
    }

    private static OffsetDateTime readOffset(CborReader in, String expected) {
        in.tag(TAG_TEXT, expected);
        return OffsetDateTime.parse(in.text(expected));
    }
}
