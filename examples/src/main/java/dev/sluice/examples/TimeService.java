package dev.sluice.examples;

import static java.time.Duration.ofMillis;

import dev.sluice.Sluice;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.Udp;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;

/// A service that tells the time by UDP, and a client that asks until an answer comes.
final class TimeService {
    // tag::main
    static void main() throws Exception {
        Sluice.run(() -> {
            try (Datagrams service = Udp.bind("127.0.0.1:0");
                    Datagrams client = Udp.connect(service.local().place());
                    var group = TaskGroup.open()) {
                var serving = group.start("service", () -> serve(service));
                do { // datagrams may be lost
                    client.send(Datagram.to(service.local(), "What time is it?"));
                } while (!Deadline.after(ofMillis(500))
                        .tryRun(() -> IO.println(client.receive().text())));
                serving.cancel("nobody asks any more");
                group.join();
            }
        });
    }

    static void serve(Datagrams service) throws Exception {
        while (true) {
            Datagram question = service.receive();
            service.send(Datagram.to(question.peer(), "It is " + Sluice.clock().now()));
        }
    }
    // end::main
}
