/// Groups of ranks: so many equal tasks, threads or processes that compute one thing together, and exchange
/// what they have by operations in which all take part.
///
/// Start reading at [dev.sluice.ranks.Group]. How ranks are started: [dev.sluice.ranks.Group#join], and
/// `dev.sluice.pool.Ranks`.
@NullMarked
package dev.sluice.ranks;

import org.jspecify.annotations.NullMarked;
