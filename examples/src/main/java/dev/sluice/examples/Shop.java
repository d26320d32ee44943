package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.net.Tcp;
import dev.sluice.session.CallFailedException;
import dev.sluice.session.Method;
import dev.sluice.session.Service;
import dev.sluice.session.Session;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.time.Duration;

/// A service whose requests are records, in CBOR. The client's deadline travels with the call.
final class Shop {
    // tag::main
    record Order(String what, int count) {}

    static final Method<Order, Integer> PRICE = Method.of("price", Order.class, Integer.class);

    static int price(Order order) throws CallFailedException {
        if (order.what.equals("tea")) throw new CallFailedException("sold-out", "no tea left");
        return order.count * 250;
    }

    static void main() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            var listener = Tcp.listen("127.0.0.1:0");
            group.start("shop", () -> listener.serve(Session.serving(Service.of(PRICE, Shop::price))));
            try (var shop = Session.over(Tcp.connect(listener.address().place()))) {
                IO.println(Deadline.after(Duration.ofSeconds(5)).call(() -> shop.call(PRICE, new Order("coffee", 3))));
                shop.call(PRICE, new Order("tea", 1));
            } catch (CallFailedException refused) {
                IO.println(refused.code() + ": " + refused.text());
            }
            listener.close();
        }));
    }
    // end::main
}
