package dev.sluice.bench.core

import dev.sluice.bench.channel.Dispatcher
import java.util.function.LongUnaryOperator
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.yield

/** Two coroutines want the same lock, or permit, all the time; both are fair. */
object HandOvers {
    @JvmStatic
    fun lock(): LongUnaryOperator {
        val mutex = Mutex()
        return handOver({ mutex.lock() }, { mutex.unlock() })
    }

    @JvmStatic
    fun semaphore(): LongUnaryOperator {
        val semaphore = Semaphore(1)
        return handOver({ semaphore.acquire() }, { semaphore.release() })
    }

    /** Two on two threads give each other the turn. */
    @JvmStatic
    fun semaphoresOnTwoThreads(): LongUnaryOperator {
        val turns = listOf(Semaphore(1), Semaphore(1, acquiredPermits = 1))
        return LongUnaryOperator { operations ->
            Dispatcher.TWO_THREADS.run(
                listOf { play(operations / 2, { turns[0].acquire() }, { turns[1].release() }) },
                listOf { play(operations / 2, { turns[1].acquire() }, { turns[0].release() }) },
            )
        }
    }

    private fun handOver(acquire: suspend () -> Unit, release: () -> Unit) =
        LongUnaryOperator { operations ->
            runBlocking {
                acquire()
                val players = List(2) { async { play(operations / 2, acquire, release) } }
                yield() // both wait
                release()
                players.awaitAll().sum()
            }
        }

    private suspend fun play(operations: Long, acquire: suspend () -> Unit, release: () -> Unit): Long {
        for (i in 0 until operations) {
            acquire()
            release()
        }
        return operations
    }
}
