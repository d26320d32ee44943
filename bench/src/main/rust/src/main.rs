//! The echo server of the suite `net` on Tokio: a task for each connection, on its runtime of one thread.
//!
//! Says its port, and answers each line with 0: what it costs is measured from outside. Ends with its input.

use std::io::BufRead;
use std::net::Ipv4Addr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Builder;

const BACKLOG: u32 = 4096;
const BUFFER_BYTES: usize = 8192;

async fn echo(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = connection.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..count]).await?;
    }
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (connection, _) = listener.accept().await?;
        tokio::spawn(echo(connection)); // one that is reset ends by its error, as its load knows
    }
}

/// Not on the runtime: its thread is asleep but for these few lines.
fn answer_orders() {
    for order in std::io::stdin().lock().lines() {
        order.expect("a line");
        println!("0");
    }
    std::process::exit(0);
}

fn main() -> std::io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        println!("{}", listener.local_addr()?.port());
        std::thread::spawn(answer_orders);
        serve(listener).await
    })
}
