package dev.sluice.bench.channel

import java.util.function.LongUnaryOperator
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select

/**
 * Where Kotlin's coroutines run.
 *
 * @param senders what the senders' context adds to that of the receivers
 */
enum class Dispatcher(val context: CoroutineContext) {
    /** The event loop of `runBlocking`: all on the calling thread. */
    EVENT_LOOP(EmptyCoroutineContext),

    /** The pool that has as many threads as there are CPUs. */
    DEFAULT(Dispatchers.Default),
}

/** The loads of the suite `channel` in Kotlin, written as its users do. Each returns a function of the operations. */
object Coroutines {
    private fun send(scope: CoroutineScope, channel: Channel<Int>, operations: Long) = scope.launch {
        for (i in 0 until operations) channel.send((i and 127).toInt())
    }

    @JvmStatic
    fun stream(capacity: Int, dispatcher: Dispatcher): LongUnaryOperator {
        val channel = Channel<Int>(capacity)
        return LongUnaryOperator { operations ->
            runBlocking(dispatcher.context) {
                send(this, channel, operations)
                var sum = 0L
                for (i in 0 until operations) sum += channel.receive()
                sum
            }
        }
    }

    @JvmStatic
    fun selectOfTwo(capacity: Int, dispatcher: Dispatcher): LongUnaryOperator {
        val first = Channel<Int>(capacity)
        val second = Channel<Int>(capacity)
        return LongUnaryOperator { operations ->
            runBlocking(dispatcher.context) {
                send(this, first, operations / 2)
                send(this, second, operations / 2)
                var sum = 0L
                for (i in 0 until operations) {
                    select {
                        first.onReceive { sum += it }
                        second.onReceive { sum += it }
                    }
                }
                sum
            }
        }
    }

    @JvmStatic
    fun selectOf(count: Int, capacity: Int, dispatcher: Dispatcher): LongUnaryOperator {
        val channels = List(count) { Channel<Int>(capacity) }
        return LongUnaryOperator { operations ->
            runBlocking(dispatcher.context) {
                for (channel in channels) send(this, channel, operations / count)
                var sum = 0L
                for (i in 0 until operations) {
                    select {
                        for (channel in channels) channel.onReceive { sum += it }
                    }
                }
                sum
            }
        }
    }
}
