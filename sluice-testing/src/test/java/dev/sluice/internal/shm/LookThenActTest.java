package dev.sluice.internal.shm;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.codec.Codec;
import dev.sluice.space.Namespace.Options;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Somebody looks, is held, and acts when what it has seen is no more so: nothing is lost by it.
@Timeout(120)
class LookThenActTest {
    private static final int KEYS = 6;
    private static final int SLOTS = 16; // that a namespace of so many keys has

    @RegisterExtension
    final Shared shared = new Shared();

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Halted.clear();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T opened(T object) {
        opened.add(object);
        return object;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- namespace

    private NamespaceWords namespace() throws IOException {
        return opened(NamespaceWords.open(
                shared.directory(), "n", Options.defaults().withKeys(KEYS).withItemBytes(40)));
    }

    private static NamespaceWords.Content content(String key, long due) {
        return new NamespaceWords.Content(key.getBytes(StandardCharsets.UTF_8), new byte[] {1}, false, due);
    }

    /// A key that belongs into a slot.
    private static String keyOf(int slot) {
        for (int i = 0; ; i++) {
            byte[] key = text("key" + i);
            int hash = Arrays.hashCode(key);
            if (((hash ^ hash >>> 16) & SLOTS - 1) == slot) {
                return "key" + i;
            }
        }
    }

    /// One removes a key; another one has removed the key behind it, and finds that nobody has to search on.
    @Test
    void aSlotThatIsVacatedInTheMiddleOfARemovalKeepsItsBlock() throws Exception {
        NamespaceWords one = namespace();
        NamespaceWords two = namespace();
        String innocent = keyOf(12);
        String before = keyOf(5);
        String behind = keyOf(6);
        for (String key : List.of(innocent, before, behind)) {
            assertThat(one.put(content(key, NamespaceWords.NEVER))).isPositive();
        }
        Halted<Boolean> first = Halted.at("table.settled", () -> one.remove(behind, 0));
        Halted<Boolean> second = Halted.at("table.set", () -> two.remove(before, 0));
        assertThat(first.end()).isTrue();
        assertThat(second.end()).isTrue();
        assertThat(one.table().violation()).isEmpty();
        for (int i = 1; i < KEYS; i++) {
            assertThat(two.put(content("more" + i, NamespaceWords.NEVER))).isPositive();
        }
        assertThat(one.get(innocent)).isNotNull();
        assertThat(one.list("")).hasSize(KEYS);
    }

    @Test
    void whoFindsItFullWhileAnotherRemovesWhatIsDueStillFindsRoom() throws Exception {
        NamespaceWords one = namespace();
        NamespaceWords two = namespace();
        long put = one.file().tend(() -> two.file().tend(() -> putBesideOneWhoRemovesWhatIsDue(one, two), 0), 0);
        assertThat(put).isPositive();
        assertThat(one.table().violation()).isEmpty();
    }

    /// While the thread that would do it keeps out.
    private static long putBesideOneWhoRemovesWhatIsDue(NamespaceWords one, NamespaceWords two) {
        for (int i = 0; i < KEYS; i++) {
            assertThat(one.put(content("k" + i, NamespaceWords.now()))).isPositive();
        }
        try {
            Halted<Long> remover = Halted.at("namespace.expire", one::doOwnChores);
            long version = two.put(content("more", NamespaceWords.NEVER));
            remover.end();
            return version;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- barrier

    private ShmBarrier barrier() throws IOException {
        return opened(ShmBarrier.open(shared.directory(), "b", 2));
    }

    @Test
    void whoComesLateToARoundTakesNoPlaceOfTheNext() throws Exception {
        ShmBarrier one = barrier();
        ShmBarrier two = barrier();
        Halted<Integer> late = Halted.at("barrier.take", one::await);
        two.reset();
        Halted<Integer> other = Halted.at("barrier.arrived", two::await);
        other.release();
        assertThat(List.of(late.end(), other.end())).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void whoIsHeldForManyResetsHasNotPassed() throws Exception {
        ShmBarrier one = barrier();
        ShmBarrier two = barrier();
        Halted<Integer> held = Halted.at("barrier.leaving", () -> {
            int[] place = {-1};
            CancelScope.run(own -> {
                Thread.ofPlatform().start(() -> cancelWhenArrived(two, own));
                place[0] = one.await();
            });
            return place[0];
        });
        for (int i = 0; i < 65; i++) {
            two.reset();
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(held::end)
                .havingCause()
                .isInstanceOf(SpaceException.class)
                .withMessageEndingWith("reset");
    }

    @Test
    void whoHasDiedWhereNobodySawItHasNotArrived() throws Exception {
        ShmBarrier one = barrier();
        ShmBarrier dead = barrier();
        Halted<Integer> arrived = Halted.at("barrier.arrived", dead::await);
        long passed = one.file()
                .tend( // or its thread sees the death
                        () -> {
                            dead.abandon();
                            return Deadline.after(Duration.ofMillis(100)).tryRun(one::await) ? 1 : 0;
                        },
                        -1);
        assertThat(passed).as("alone").isZero();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(arrived::end);
        ShmBarrier two = barrier();
        Halted<Integer> other = Halted.at("barrier.arrived", two::await);
        other.release();
        assertThat(List.of(one.await(), other.end())).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void whoComesLateToARoundThatIsOverTakesNoPlaceOfOneWhoHasDied() throws Exception {
        ShmBarrier one = barrier();
        Halted<Integer> late = Halted.at("barrier.take", one::await);
        ShmBarrier dead = barrier();
        ShmBarrier two = barrier();
        meet(dead, two);
        dead.abandon();
        sweep(two);
        requireNotPassed(late, two);
    }

    @Test
    void whoComesLateToARoundThatIsOverTakesNoPlaceOfOneWhoHasLeft() throws Exception {
        ShmBarrier one = barrier();
        Halted<Integer> late = Halted.at("barrier.take", one::await);
        ShmBarrier gone = barrier();
        ShmBarrier two = barrier();
        meet(gone, two);
        gone.close();
        requireNotPassed(late, two);
    }

    /// One looks whether all are there and finds them, and another one finds that one of them has died: the
    /// round is complete, or it is not.
    @Test
    void aRoundThatIsCompletedWhileOneOfItIsSweptKeepsItsPlaces() throws Exception {
        ShmBarrier one = barrier();
        ShmBarrier sweeper = barrier();
        Halted<Integer> late = Halted.at("barrier.take", one::await);
        ShmBarrier dead = barrier();
        Halted<Integer> first = Halted.at("barrier.arrived", dead::await);
        first.release();
        ShmBarrier two = barrier();
        Halted<Integer> second = Halted.at("barrier.complete", two::await);
        untended(List.of(one, two, sweeper), () -> {
            dead.abandon();
            Halted<Long> sweep = Halted.at("barrier.releasing", sweeper::doChores);
            assertThat(second.end()).isEqualTo(1);
            return sweep.end();
        });
        requireNotPassed(late, two);
    }

    /// One mends a broken barrier while another one takes out who has died there.
    @Test
    void aResetThatMeetsTheSweepOfOneWhoHasDiedMendsTheBarrier() throws Exception {
        ShmBarrier one = barrier();
        ShmBarrier two = barrier();
        ShmBarrier dead = barrier();
        Halted<Integer> waiter = Halted.at("barrier.arrived", dead::await);
        untended(List.of(one, two), () -> {
            dead.abandon();
            Halted<Boolean> reset = Halted.at("barrier.reset", () -> {
                one.reset();
                return true;
            });
            sweep(two);
            return reset.end();
        });
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(waiter::end);
        meet(one, two);
    }

    /// While the thread that looks after all objects of this process keeps out.
    private static <T> void untended(List<ShmBarrier> barriers, Callable<T> body) {
        if (barriers.isEmpty()) {
            try {
                body.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return;
        }
        List<ShmBarrier> others = barriers.subList(1, barriers.size());
        barriers.getFirst()
                .file()
                .tend(
                        () -> {
                            untended(others, body);
                            return 0;
                        },
                        0);
    }

    private static void sweep(ShmBarrier barrier) {
        Participants participants = barrier.file().participants();
        do {
            barrier.doChores();
        } while (participants.unswept().stream().anyMatch(entry -> entry.stamp() != participants.stamp()));
    }

    private static void meet(ShmBarrier one, ShmBarrier two) throws Exception {
        Halted<Integer> first = Halted.at("barrier.arrived", one::await);
        first.release();
        assertThat(List.of(two.await(), first.end())).containsExactlyInAnyOrder(0, 1);
    }

    /// It meets another one in the next round.
    private static void requireNotPassed(Halted<Integer> late, ShmBarrier other) throws Exception {
        late.release();
        int[] place = {-1};
        boolean met = Deadline.after(Duration.ofSeconds(30)).tryRun(() -> place[0] = other.await());
        assertThat(met).as("it waits, too").isTrue();
        assertThat(late.end()).isEqualTo(1 - place[0]);
    }

    private static void cancelWhenArrived(ShmBarrier barrier, CancelScope scope) {
        long firstCell = barrier.mapping().bytes() - 2 * Long.BYTES;
        while (barrier.mapping().getLongVolatile(firstCell) == 0) { // pairs with the compare-and-set in take
            Thread.onSpinWait();
        }
        scope.cancel("enough");
    }

    // ---- pipe

    @Test
    void whoComesWhileTheDeadAreSweptGetsAnEnd() throws Exception {
        SharedPipe.open(shared.directory(), "p", 1024).abandon();
        SharedPipe.open(shared.directory(), "p", 1024).abandon();
        Halted<SharedPipe> sweeper = Halted.at("sweep.marked", () -> SharedPipe.open(shared.directory(), "p", 1024));
        SharedPipe one = opened(SharedPipe.open(shared.directory(), "p", 1024));
        SharedPipe two = opened(sweeper.end());
        byte[] message = {7};
        assertThat(one.out().trySend(message, message.length)).isTrue();
        Scratch received = new Scratch();
        assertThat(two.in().tryReceive(received)).isTrue();
        assertThat(received.decode(Codec.raw())).isEqualTo(message);
    }

    // ---- participants

    @Test
    void whoLeavesWhileItIsLookedAtHasLeftNothingBehind() throws Exception {
        ShmBarrier one = barrier();
        SharedFile file = SharedFile.openToLook(shared.directory(), "b");
        try {
            Halted<List<Participants.Entry>> looker =
                    Halted.at("participants.look", () -> file.participants().unswept());
            one.close();
            assertThat(looker.end()).isEmpty();
        } finally {
            file.abandon();
        }
    }

    // ---- who closes what others of the same opening use

    @Test
    void aPutThatMeetsACloseWritesIntoNoOtherItem() throws Exception {
        QueueOptions options = new QueueOptions(4, 20, 1, 3);
        SharedQueue one = opened(SharedQueue.open(shared.directory(), "q", options));
        SharedQueue two = opened(SharedQueue.open(shared.directory(), "q", options));
        Halted<SharedQueue.Put> putter = Halted.at("put.write", () -> one.tryPut(text("lost"), 4, 0));
        Halted<Boolean> closer = Halted.at("leave.free", () -> {
            one.close();
            return true;
        });
        for (int i = 1; i < one.options().shape().count(); i++) {
            assertThat(two.tryPut(text("pass"), 4, 0)).isEqualTo(SharedQueue.Put.DONE);
            assertThat(two.tryDone(two.tryTake())).isTrue();
        }
        assertThat(two.tryPut(text("here"), 4, 0)).isEqualTo(SharedQueue.Put.DONE); // in the same slot
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(putter::end)
                .havingCause()
                .isInstanceOf(SpaceException.class);
        assertThat(closer.end()).isTrue();
        assertThat(two.slots().item(two.tryTake())).asString().isEqualTo("here");
    }

    @Test
    void aReaderThatMeetsACloseKeepsNoWriterOut() throws Exception {
        String address = "shm:" + shared.name();
        Space one = opened(Space.open(address));
        Space two = opened(Space.open(address));
        SharedLock read = one.readWriteLock("rw").read();
        Halted<Optional<SharedLock.Held>> reader = Halted.at("lock.count", read::tryAcquire);
        Halted<Boolean> closer = Halted.at("leave.free", () -> {
            one.close();
            return true;
        });
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(reader::end)
                .havingCause()
                .isInstanceOf(SpaceException.class);
        assertThat(closer.end()).isTrue();
        assertThat(two.readWriteLock("rw").write().tryAcquire()).isPresent();
    }

    // ---- what was given back

    @Test
    void whoWasHeldPutsOffNothingThatAnotherHasFound() throws Exception {
        SharedQueue queue = opened(SharedQueue.open(shared.directory(), "q", new QueueOptions(4, 20, 1, 3)));
        var returns = new Returns(queue.file().memory(), queue.file().body() + 512);
        returns.count();
        long now = System.nanoTime();
        returns.beginLook(); // one, who finds that something is due in an hour
        returns.count(); // something else is given back for a second
        returns.beginLook(); // another one
        returns.nextIn(SECONDS.toNanos(1), now);
        returns.nextIn(SECONDS.toNanos(3600), now);
        assertThat(returns.untilNext(now)).isEqualTo(SECONDS.toNanos(1));
    }
}
