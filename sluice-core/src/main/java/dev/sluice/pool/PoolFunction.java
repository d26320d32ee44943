package dev.sluice.pool;

import java.io.Serializable;

/// What a pool calls: `Primes::isPrime`.
///
/// A function that runs in another process goes there by name, never as an object: both sides have the class.
/// So it is one of these:
///
/// - a reference to a method or constructor, `Primes::isPrime`, but to none of a certain object;
/// - a lambda that captures nothing;
/// - a record that implements this interface: its components travel with it, as the codec writes them.
///
/// It is [Serializable] for one reason: the compiler then keeps the name of the method in a method reference.
/// Nothing is ever written or read by Java serialization.
///
/// @param <A> the argument; never null
/// @param <R> the result; never null
@FunctionalInterface
public interface PoolFunction<A, R> extends Serializable {
    /// Runs in a worker. When the call is cancelled its thread is interrupted, and every suspension throws.
    ///
    /// @throws Exception anything; whoever waits for the call gets it as a cause
    R apply(A argument) throws Exception;
}
