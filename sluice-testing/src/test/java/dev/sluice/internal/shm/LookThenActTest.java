package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Somebody looks, is held, and acts when what it has seen is no more so: nothing is lost by it.
@Timeout(120)
class LookThenActTest {
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
        ShmBarrier dead = barrier();
        Halted<Integer> arrived = Halted.at("barrier.arrived", dead::await);
        dead.abandon();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(arrived::end);
        ShmBarrier one = barrier();
        assertThat(Deadline.after(Duration.ofMillis(100)).tryRun(one::await))
                .as("alone")
                .isFalse();
        ShmBarrier two = barrier();
        Halted<Integer> other = Halted.at("barrier.arrived", two::await);
        other.release();
        assertThat(List.of(one.await(), other.end())).containsExactlyInAnyOrder(0, 1);
    }

    private static void cancelWhenArrived(ShmBarrier barrier, CancelScope scope) {
        long firstCell = barrier.mapping().bytes() - 2 * Long.BYTES;
        while (barrier.mapping().getLongVolatile(firstCell) == 0) { // pairs with the compare-and-set in take
            Thread.onSpinWait();
        }
        scope.cancel("enough");
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
        assertThat(two.item(two.tryTake())).asString().isEqualTo("here");
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
}
