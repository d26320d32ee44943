"""A value there and back through a dictionary of a multiprocessing Manager, of the suite `ipc`, driven as driving.py
says. A Manager has no watch: who puts notifies a condition of its, and who waits for that looks.
"""

import multiprocessing

from driving import drive


def put(shared, changed, name, number):
    with changed:
        shared[name] = number
        changed.notify_all()


def awaits(shared, changed, name, last):
    with changed:
        while shared[name] == last:
            changed.wait()
        return shared[name]


def watches(shared, asked, answered):
    last = 0
    while True:
        last = awaits(shared, asked, "asked", last)
        put(shared, answered, "answered", last)


class Watched:
    def __init__(self, manager):
        self.last = 0
        self.shared = manager.dict(asked=0, answered=0)
        self.asked, self.answered = manager.Condition(), manager.Condition()

    def run(self, operations):
        begin = self.last
        for _ in range(operations):
            self.last += 1
            put(self.shared, self.asked, "asked", self.last)
            answer = awaits(self.shared, self.answered, "answered", self.last - 1)
            if answer != self.last:
                raise ValueError(f"watch: answer={answer}, expected {self.last}")
        return self.last - begin


def main():
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        load = Watched(manager)
        partner = context.Process(target=watches, args=(load.shared, load.asked, load.answered), daemon=True)
        partner.start()
        drive(load.run)
        partner.terminate()


main()
