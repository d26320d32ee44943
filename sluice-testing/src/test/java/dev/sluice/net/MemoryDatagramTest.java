package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.DatagramContract;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MemoryDatagramTest extends DatagramContract {
    private final Memory.Network network = Memory.network();
    private final AtomicInteger names = new AtomicInteger();

    @Override
    protected Datagrams open() throws IOException {
        return network.bind("socket" + names.incrementAndGet());
    }

    @Test
    @Tag("needs-opens")
    void aNameIsForOneAtATime() throws Exception {
        Simulation.seed(1).run(() -> {
            Datagrams first = network.bind("name");
            assertThatThrownBy(() -> network.bind("name"))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("bind memory name: EADDRINUSE");
            first.close();
            Datagrams second = network.bind("name");
            first.close();
            second.send(Datagram.to(second.local(), "to myself"));
            assertThat(second.receive().text()).isEqualTo("to myself");
            second.close();
            Datagrams other = network.bind("other");
            assertThatThrownBy(() -> other.send(Datagram.to(second.local(), "nobody")))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("send memory other->name: ECONNREFUSED");
        });
    }

    /// A network, and what has arrived in it.
    private static final class World {
        final Memory.Network network = Memory.network();
        final List<String> arrived = new ArrayList<>();
    }

    @Test
    @Tag("needs-opens")
    void cancelledAnywhereItLosesNothingThatWasSent() throws Exception {
        Cancellations.atEverySuspension(
                World::new,
                world -> {
                    try (Datagrams far = world.network.bind("far");
                            Datagrams near = world.network.bind("near");
                            var group = TaskGroup.open()) {
                        Task<?> sender = group.start("sender", () -> {
                            for (int i = 0; i < 3; i++) {
                                near.send(Datagram.to(far.local(), "" + i));
                            }
                        });
                        for (int i = 0; i < 3; i++) {
                            world.arrived.add(far.receive().text());
                        }
                        sender.get();
                        group.join();
                    }
                },
                world -> assertThat(List.of("0", "1", "2").subList(0, world.arrived.size()))
                        .isEqualTo(world.arrived));
    }
}
