/// What the objects of every space do, whatever the distance: contract suites.
///
/// A space is tested by short subclasses, one for each suite, that say how it is opened.
@NullMarked
package dev.sluice.testing.space;

import org.jspecify.annotations.NullMarked;
