package dev.sluice.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The methods that one side of a [Session] answers.
///
/// ```java
/// Service shop = Service.of(BUY, order -> new Receipt(order.count() * 250)).with(STOCK, what -> shelf.count(what));
/// ```
///
/// Threads: immutable. Each call of a peer runs in a task of its own, so handlers run at the same time.
public final class Service {
    private static final Service NOTHING = new Service(Map.of());

    private final Map<String, Entry<?, ?>> entries;

    /// What answers the calls of a method.
    @FunctionalInterface
    public interface Handler<Q, R> {
        /// Answers one call. It is cancelled when its caller is, when the caller's time is over, and when the
        /// session ends; [dev.sluice.task.Deadline#remainingHere] tells how much time there is.
        ///
        /// @throws CallFailedException to tell the caller why not, by a code and in words
        /// @throws Exception anything else is reported here, and the caller learns only that it failed
        R answer(Q request) throws Exception;
    }

    /// One method with its handler.
    record Entry<Q, R>(Method<Q, R> method, Handler<? super Q, ? extends R> handler) {}

    private Service(Map<String, Entry<?, ?>> entries) {
        this.entries = entries;
    }

    /// No methods: for a side that only asks.
    public static Service nothing() {
        return NOTHING;
    }

    /// A service of one method.
    public static <Q, R> Service of(Method<Q, R> method, Handler<? super Q, ? extends R> handler) {
        return NOTHING.with(method, handler);
    }

    /// The same with one more method.
    ///
    /// @throws IllegalArgumentException if there is one of that name
    public <Q, R> Service with(Method<Q, R> method, Handler<? super Q, ? extends R> handler) {
        Map<String, Entry<?, ?>> more = new HashMap<>(entries);
        if (more.put(method.name(), new Entry<>(method, handler)) != null) {
            throw new IllegalArgumentException("service: a second method '" + method + "', expected another name");
        }
        return new Service(Map.copyOf(more));
    }

    /// The names of its methods.
    public Set<String> methods() {
        return entries.keySet();
    }

    @Nullable Entry<?, ?> find(String name) {
        return entries.get(name);
    }

    @Override
    public String toString() {
        return "service of " + methods();
    }
}
