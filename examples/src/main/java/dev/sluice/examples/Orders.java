package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;

/// A service that answers requests: records in CBOR, in frames, compressed, over TCP.
final class Orders {
    // tag::main
    record Order(String what, int count, int cents) {}

    static Messages<Order> over(Connection connection) throws Exception {
        return Stack.over(connection).deflate().frames().cbor(Order.class); // the same on both sides
    }

    static void serve(Connection connection) throws Exception {
        Messages<Order> orders = over(connection);
        for (Order it : orders) orders.send(new Order(it.what, it.count, it.count * 250));
    }

    static void main() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                var listener = Tcp.listen("127.0.0.1:0");
                group.start("server", () -> listener.serve(Orders::serve));
                var orders = over(Tcp.connect(listener.address().place()));
                orders.send(new Order("coffee", 3, 0));
                IO.println(orders.receive().orElseThrow());
                orders.close();
                listener.close();
                group.join();
            }
        });
    }
    // end::main
}
