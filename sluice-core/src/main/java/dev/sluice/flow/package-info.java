/// Generators and pipelines: sequences of values that are made while somebody asks for them.
///
/// | | |
/// |---|---|
/// | [dev.sluice.flow.Generator] | a coroutine that yields values to an iterator |
/// | [dev.sluice.flow.Pipeline] | stages that values pass through |
/// | [dev.sluice.flow.Bridge] | from and to streams, publishers and subscribers of the JDK |
///
/// Both are lazy, and end early with all that belongs to them: closing a generator, or ending a pipeline,
/// cancels who makes the values where he rests, so that his `finally` blocks run. A failure comes out where the
/// values do, behind those that were made before it.
///
/// How it works: a generator is a strand of its own and a hand-over of turns, in `GeneratorStrand`. The stages
/// of a pipeline are functions that call each other, values being pushed down; where a stage needs the ones
/// before it to go on by themselves they are tasks, with a channel between, which is a `Branch`.
@NullMarked
package dev.sluice.flow;

import org.jspecify.annotations.NullMarked;
