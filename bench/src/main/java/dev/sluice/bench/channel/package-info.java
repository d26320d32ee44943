/// The suite `channel`: ways to hand values over, beside those of other libraries, of the JDK and of other
/// languages.
///
/// A load is put together from what is done ([Stream], [PingPong] …), with whose channels ([Library]), and
/// where ([Place]).
@NullMarked
package dev.sluice.bench.channel;

import org.jspecify.annotations.NullMarked;
