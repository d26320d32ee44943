package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `docs/shm-format.md` says what the sources do: strangers write programs from it.
class ShmFormatTest {
    private static final Path PAGE = Path.of(System.getProperty("sluice.root", ".."), "docs", "shm-format.md");

    /// `Class.NAME` in backquotes, and what the page says that it is; without that, its row's first cell.
    private static final Pattern CONSTANT = Pattern.compile("`([A-Z]\\w+)\\.([A-Z_]+)`(?: = (-?(?:0x)?[0-9a-f]+))?");

    private static final Pattern KIND = Pattern.compile("\\| (\\d+) \\| ([a-z ]+) \\|.*");

    /// The classes whose constants are the format.
    private static final List<Class<?>> FORMAT = List.of(
            FileHeader.class,
            Participants.class,
            Slots.class,
            SharedQueue.class,
            SharedPipe.class,
            PipeRing.class,
            SharedWords.class,
            ValueWords.class,
            ShmLock.class,
            ShmEvent.class,
            WaitPoint.class);

    /// What follows from others, or no file holds.
    private static final Set<String> NOT_THERE = Set.of(
            "Participants.GENERATIONS",
            "Participants.MOST_COUNTS",
            "Slots.NONE",
            "Slots.STATE_MASK",
            "Slots.OWNER_MASK",
            "SharedQueue.NONE",
            "SharedQueue.PARTICIPANTS",
            "SharedPipe.PARTICIPANTS",
            "SharedPipe.ENDS",
            "SharedPipe.TRIES",
            "SharedWords.PARTICIPANTS",
            "ValueWords.OWNER",
            "ValueWords.MOST",
            "ShmLock.OWNER");

    private static List<String> lines;
    private static final Map<String, Long> SAID = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        lines = Files.readAllLines(PAGE);
        for (String line : lines) {
            Matcher matcher = CONSTANT.matcher(line);
            while (matcher.find()) {
                String said = matcher.group(3) == null ? line.split("\\|", -1)[1].strip() : matcher.group(3);
                SAID.put(matcher.group(1) + "." + matcher.group(2), Long.decode(said));
            }
        }
    }

    @Test
    void eachConstantOfThePageIsThatOfTheSources() throws ReflectiveOperationException {
        Map<String, Long> actual = new TreeMap<>();
        for (String name : SAID.keySet()) {
            String[] parts = name.split("\\.", -1);
            Class<?> holder = Class.forName(ShmFormatTest.class.getPackageName() + "." + parts[0]);
            actual.put(name, value(holder.getDeclaredField(parts[1])));
        }
        assertThat(SAID).as("said in %s", PAGE).isEqualTo(actual).hasSizeGreaterThan(50);
    }

    @Test
    void eachConstantOfTheFormatIsOnThePage() {
        List<String> missing = new ArrayList<>();
        for (Class<?> holder : FORMAT) {
            for (Field field : holder.getDeclaredFields()) {
                String name = holder.getSimpleName() + "." + field.getName();
                boolean number = field.getType().isPrimitive() && field.getType() != boolean.class;
                boolean constant = number && Modifier.isStatic(field.getModifiers()) && !field.isSynthetic();
                if (constant && !SAID.containsKey(name) && !NOT_THERE.contains(name)) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).as("on %s", PAGE).isEmpty();
    }

    @Test
    void eachKindHasItsNumber() {
        Map<String, Integer> said = new TreeMap<>();
        for (String line : lines.subList(lines.indexOf("## Header"), lines.indexOf("## Participants"))) {
            Matcher matcher = KIND.matcher(line);
            if (matcher.matches()) {
                said.put(matcher.group(2).strip(), Integer.valueOf(matcher.group(1)));
            }
        }
        Map<String, Integer> kinds = new TreeMap<>();
        for (FileHeader.Kind kind : FileHeader.Kind.values()) {
            kinds.put(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), kind.number);
        }
        assertThat(said).isEqualTo(kinds);
    }

    private static long value(Field field) throws IllegalAccessException {
        field.setAccessible(true);
        return ((Number) field.get(null)).longValue();
    }
}
