package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `docs/shm-format.md` says what the sources do: strangers write programs from it.
class ShmFormatTest {
    private static final Path PAGE = Path.of(System.getProperty("sluice.root", ".."), "docs", "shm-format.md");

    /// `Class.NAME` in backquotes, and what the page says that it is; without that, its row's first cell.
    private static final Pattern CONSTANT = Pattern.compile("`([A-Z]\\w+)\\.([A-Z_]+)`(?: = (-?(?:0x)?[0-9a-f]+))?");

    private static final Pattern KIND = Pattern.compile("\\| (\\d+) \\| ([a-z ]+) \\|.*");

    private static final Pattern OPERATION = Pattern.compile("\\| ([\\d, ]+) \\| ([a-z -]+.*?) \\|.*");

    private static final String RANKS = "dev.sluice.ranks.";

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
            ShmReadWriteLock.class,
            ShmBarrier.class,
            BlockTable.class,
            NamespaceWords.class,
            TopicWords.class,
            ShmWiring.class,
            Board.class,
            Board.Failure.class,
            ByteRing.class,
            named(RANKS + "Standing"),
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
            "ShmLock.OWNER",
            "ShmReadWriteLock.OWNER",
            "ShmReadWriteLock.INDEX_SHIFT",
            "ShmBarrier.NONE",
            "ShmBarrier.LEFT_MASK",
            "ShmBarrier.BREAKER_MASK",
            "ShmBarrier.INDEX_SHIFT",
            "BlockTable.NONE",
            "BlockTable.INDEX_MASK",
            "NamespaceWords.FULL",
            "NamespaceWords.DIFFERENT",
            "NamespaceWords.BUSY",
            "NamespaceWords.ANY_VERSION",
            "TopicWords.NONE",
            "ShmWiring.WATCHER",
            "ShmWiring.PARTICIPANTS",
            "ShmWiring.TRIES",
            "Board.STAMP",
            "Board.DECIDED",
            "Failure.BYTE",
            "Standing.NOBODY",
            "Standing.SEQUENCE");

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
            actual.put(name, constant(name));
        }
        assertThat(SAID).as("said in %s", PAGE).isEqualTo(actual).hasSizeGreaterThan(150);
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
        for (String line : ofKinds()) {
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

    @Test
    void eachBodyBeginsWithItsOwn() throws ReflectiveOperationException {
        Map<String, String> bodies = new TreeMap<>();
        for (String line : ofKinds()) {
            Matcher matcher = KIND.matcher(line);
            if (matcher.matches()) {
                String[] cells = line.split("\\|", -1);
                bodies.put(matcher.group(2).strip(), cells[cells.length - 2].strip());
            }
        }
        long own = constant("SharedWords.OWN");
        assertThat(bodies)
                .containsEntry("topic", constant("TopicWords.TABLE") + " + a table")
                .containsEntry("namespace", own + " + a table")
                .containsEntry("barrier", constant("ShmBarrier.CELLS") + " + 8 × parties")
                .containsEntry("read write lock", "" + (own + Long.BYTES * constant("ShmReadWriteLock.CELLS")))
                .containsEntry(
                        "ranks",
                        constant("Board.RANK_BYTES") + " × size + "
                                + constant("Board.EPOCH_BYTES") * constant("Board.MOST_EPOCHS")
                                + " + size × (size - 1) × (" + constant("ByteRing.HEADER_BYTES") + " + ringBytes)");
    }

    @Test
    void eachOperationOfRanksHasItsNumber() throws ReflectiveOperationException {
        Map<Long, String> said = new TreeMap<>();
        for (String line : lines.subList(lines.indexOf("| number | operation | messages |"), lines.size())) {
            Matcher matcher = OPERATION.matcher(line);
            if (matcher.matches()) {
                for (String number : matcher.group(1).split(", ", -1)) {
                    said.merge(Long.valueOf(number), matcher.group(2), (one, other) -> one + " " + other);
                }
            }
        }
        Class<?> operations = named(RANKS + "Operation");
        Field number = operations.getDeclaredField("number");
        Map<Long, String> actual = new TreeMap<>();
        for (Object operation : operations.getEnumConstants()) {
            String name = operation.toString().toLowerCase(Locale.ROOT).replace('_', '-');
            actual.put(value(number, operation), name.replace("-numbers", ""));
        }
        actual.remove(0L); // none
        assertThat(said).containsOnlyKeys(actual.keySet());
        actual.forEach((each, name) -> assertThat(said.get(each)).contains(name));
    }

    private static List<String> ofKinds() {
        return lines.subList(lines.indexOf("## Header"), lines.indexOf("## Participants"));
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long constant(String name) throws ReflectiveOperationException {
        String[] parts = name.split("\\.", -1);
        Class<?> holder = FORMAT.stream()
                .filter(each -> each.getSimpleName().equals(parts[0]))
                .findFirst()
                .orElseGet(() -> named(ShmFormatTest.class.getPackageName() + "." + parts[0]));
        return value(holder.getDeclaredField(parts[1]), null);
    }

    private static long value(Field field, @Nullable Object of) throws IllegalAccessException {
        field.setAccessible(true);
        return ((Number) field.get(of)).longValue();
    }
}
