/// Generators and pipelines: sequences of values that are made while somebody asks for them.
///
/// | | |
/// |---|---|
/// | [dev.sluice.flow.Generator] | a coroutine that yields values to an iterator |
///
/// A generator is lazy: it works while its next value is asked for, and rests in between. Closing it, or
/// leaving the scope that it was made in, cancels it where it rests, so that its `finally` blocks run.
@NullMarked
package dev.sluice.flow;

import org.jspecify.annotations.NullMarked;
