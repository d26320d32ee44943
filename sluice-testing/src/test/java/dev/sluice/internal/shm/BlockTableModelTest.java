package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Several openings put, remove and read at the same time, in orders that are drawn from a seed; one of them
/// may die in the middle of it. What each has seen is what a plain array has after that many changes, made one
/// after the other in the order of their versions.
///
/// 200 seeds; `-Dsluice.seeds=N` others, `-Dsluice.seed=N` that one.
@Tag("no-loop")
@Timeout(1800)
class BlockTableModelTest {
    private static final int SLOTS = 2;
    private static final int LOG = 4;
    private static final int ACTORS = 3;
    private static final int OPERATIONS = 10;
    private static final int STEPS = 100; // that these have, about
    private static final long NOTHING = 0;

    /// Fewer than may be filled and used at the same time: sometimes there is none.
    private static final BlockTable.Shape SHAPE = new BlockTable.Shape(SLOTS, SLOTS + 2, 2 * Long.BYTES, LOG);

    private static final SharedFile.Layout LAYOUT = (SharedFile.ZeroLayout) _ -> 64 + SHAPE.bytes();

    @RegisterExtension
    final Shared shared = new Shared();

    /// A slot gets a value, each a different one, or [#NOTHING].
    private record Change(int slot, long value) {}

    /// A change that would be of a version.
    private record Attempt(long version, Change change) {}

    /// What a slot was at a version of `from` to `to`.
    private record Look(long from, long to, int slot, long value) {}

    /// What has been done with a table, by version.
    ///
    /// Threads: one at a time.
    private static final class History {
        private final Map<Long, Change> made = new TreeMap<>();
        private final List<Attempt> begun = new ArrayList<>(); // at the end, the dead one's last
        private final List<Look> looks = new ArrayList<>();
        private long values;

        Attempt begin(long settled, Change change) {
            var attempt = new Attempt(BlockTable.versionOf(settled) + 1, change);
            begun.add(attempt);
            return attempt;
        }

        void end(Attempt attempt, boolean success) {
            begun.remove(attempt);
            if (success) {
                assertThat(made.put(attempt.version, attempt.change))
                        .as("two changes of version " + attempt.version)
                        .isNull();
            }
        }

        /// The plain array: a value of a slot behind a version.
        private long after(long version, int slot) {
            long value = NOTHING;
            for (var each : made.entrySet()) {
                if (each.getKey() <= version && each.getValue().slot == slot) {
                    value = each.getValue().value;
                }
            }
            return value;
        }

        void check(BlockTable table) {
            long last = BlockTable.versionOf(table.settle());
            for (Attempt attempt : begun) {
                if (attempt.version <= last) {
                    made.putIfAbsent(attempt.version, attempt.change); // it has died behind its decision
                }
            }
            assertThat(made.keySet())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, last).boxed().toList());
            for (Look look : looks) {
                assertThat(LongStream.rangeClosed(look.from, look.to).map(version -> after(version, look.slot)))
                        .as(look.toString())
                        .contains(look.value);
            }
            for (long version = Math.max(1, last - LOG + 1); version <= last; version++) {
                assertThat(table.changed(version)).isEqualTo(made.get(version).slot);
            }
            assertThat(table.changed(last + 1)).isNegative();
        }
    }

    /// One who uses the table.
    ///
    /// Threads: its own.
    private final class User {
        private final SharedFile file;
        private final BlockTable table;
        private final History history;
        private final Random random;

        User(History history, long seed) throws IOException {
            this.history = history;
            this.random = new Random(seed);
            this.file = SharedFile.open(shared.directory(), "table", Shared.request(ACTORS + 1), LAYOUT);
            this.table = tableOf(file);
            file.join(at -> at == file ? table::releaseBuried : tableOf(at)::releaseBuried);
        }

        private static BlockTable tableOf(SharedFile file) {
            return new BlockTable(file, file.body(), file.body() + 64, SHAPE);
        }

        void live() {
            for (int i = 0; i < OPERATIONS; i++) {
                int slot = random.nextInt(SLOTS);
                switch (random.nextInt(4)) {
                    case 0, 1 -> put(slot);
                    case 2 -> remove(slot);
                    default -> look(slot);
                }
            }
        }

        private void put(int slot) {
            long settled = table.settle();
            long word = table.slot(slot);
            boolean used = BlockTable.stateOf(word) == BlockTable.USED;
            int block = table.claim();
            if (block == BlockTable.NONE) {
                return;
            }
            long value = ++history.values;
            file.memory().putLong(table.contentOf(block), value);
            Steps.at("test.half");
            file.memory().putLong(table.contentOf(block) + Long.BYTES, value);
            var place = new BlockTable.Place(slot, used ? BlockTable.indexOf(word) : BlockTable.NONE);
            Attempt attempt = history.begin(settled, new Change(slot, value));
            boolean success = table.put(settled, block, place, !used);
            history.end(attempt, success);
            if (!success) {
                table.giveBack(block);
            }
        }

        private void remove(int slot) {
            long settled = table.settle();
            if (BlockTable.stateOf(table.slot(slot)) != BlockTable.USED) {
                return;
            }
            Attempt attempt = history.begin(settled, new Change(slot, NOTHING));
            boolean success = table.remove(settled, slot);
            history.end(attempt, success);
            if (!success) {
                return;
            }
            long word = table.slot(slot);
            if (BlockTable.stateOf(word) == BlockTable.GONE && random.nextBoolean()) {
                table.vacate(slot, word);
            }
        }

        private void look(int slot) {
            long from = BlockTable.versionOf(table.settle());
            long word;
            long value;
            do {
                word = table.slot(slot);
                value = BlockTable.stateOf(word) == BlockTable.USED ? content(BlockTable.indexOf(word)) : NOTHING;
            } while (!table.isStill(slot, word));
            long to = BlockTable.versionOf(table.settle());
            history.looks.add(new Look(from, to, slot, value));
        }

        /// What is in a block, or -1 if that is not whole.
        private long content(int block) {
            long first = file.memory().getLong(table.contentOf(block));
            Steps.at("test.half");
            return first == file.memory().getLong(table.contentOf(block) + Long.BYTES) ? first : -1;
        }

        /// What nobody disturbs any more.
        void checkAll() {
            file.sweep();
            assertThat(table.violation()).isEmpty();
            for (int slot = 0; slot < SLOTS; slot++) {
                look(slot);
            }
            history.check(table);
            for (int slot = 0; slot < SLOTS; slot++) { // there is a block for each, and one more
                put(slot);
                look(slot);
            }
            history.check(table);
        }
    }

    @Test
    void eachHistoryIsOneOfAPlainArray() throws Exception {
        Long one = Long.getLong("sluice.seed");
        long[] seeds = one != null
                ? new long[] {one}
                : LongStream.range(0, Integer.getInteger("sluice.seeds", 200)).toArray();
        for (long seed : seeds) {
            try {
                run(seed);
            } catch (AssertionError e) {
                throw new AssertionError("-Dsluice.seed=" + seed, e);
            }
        }
    }

    private void run(long seed) throws Exception {
        var random = new Random(seed);
        var history = new History();
        var all = new Interleaved(random);
        var survivor = new User(history, random.nextLong());
        List<User> users = new ArrayList<>();
        for (int i = 0; i < ACTORS; i++) {
            var user = new User(history, random.nextLong());
            users.add(user);
            all.add(i == 0 && random.nextBoolean() ? random.nextInt(STEPS) : -1, user::live);
        }
        all.run();
        users.getFirst().file.abandon(); // as the kernel would: perhaps it has died
        survivor.checkAll();
        for (User user : users.subList(1, ACTORS)) {
            user.file.close();
        }
        survivor.file.close();
        shared.directory().remove("table");
    }
}
