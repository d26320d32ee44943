/// Habits as tests: what CONTRIBUTING.md asks for and a machine can see. Each rule has a bad snippet that it must find.
///
/// They live in this module because they read the classes of the core and of `sluice-testing`; the sources that they
/// read are
/// those of the whole tree. Start reading at `TidyTest`, for the package ladder at `Ladder`, for the bans at `Bans`.
package dev.sluice.tidy;
