package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a close in the middle ends the server
class ChatTest {
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatOneSaysAllHear() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                var chat = new Chat();
                group.start("room", () -> listener.serve(chat::talk));
                Messages<String> ann = join(listener, "ann");
                assertThat(ann.receive()).contains("ann is here");
                Messages<String> bob = join(listener, "bob");
                assertThat(ann.receive()).contains("bob is here");
                assertThat(bob.receive()).contains("bob is here");
                bob.send("good morning");
                assertThat(ann.receive()).contains("bob: good morning");
                assertThat(bob.receive()).contains("bob: good morning");
                bob.close();
                assertThat(ann.receive()).contains("bob has gone");
                ann.close();
                listener.close();
                group.join();
            }
        });
    }

    private static Messages<String> join(Listener listener, String name) throws IOException {
        Messages<String> lines =
                Stack.over(Tcp.connect(listener.address().place())).lines();
        lines.send(name);
        return lines;
    }
}
