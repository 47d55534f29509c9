//! A TCP connection that can be told to fall silent or to be reset, below the multiplexer.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Default)]
struct State {
    frozen: AtomicBool,
    cut: AtomicBool,
    wakers: Mutex<Vec<Waker>>,
}

/// What others hold of a connection.
#[derive(Clone, Default)]
pub struct WireControl(Arc<State>);

impl WireControl {
    pub fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub fn freeze(&self, frozen: bool) {
        self.0.frozen.store(frozen, Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        for waker in self.0.wakers.lock().unwrap().drain(..) {
            waker.wake();
        }
    }

    /// Ready when the connection is not to be used now; its task is woken when that changes.
    fn held(&self, context: &Context<'_>) -> Option<Poll<io::Error>> {
        {
            let mut wakers = self.0.wakers.lock().unwrap();
            if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                wakers.push(context.waker().clone());
            }
        }
        if self.0.cut.load(Ordering::SeqCst) {
            return Some(Poll::Ready(io::ErrorKind::ConnectionReset.into()));
        }
        self.0
            .frozen
            .load(Ordering::SeqCst)
            .then_some(Poll::Pending)
    }
}

pub struct Wire {
    stream: TcpStream,
    control: WireControl,
}

impl Wire {
    pub fn new(stream: TcpStream, control: WireControl) -> Self {
        Self { stream, control }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.control.0.cut.load(Ordering::SeqCst) {
            // The peer sees a reset, not an orderly end.
            let _ = self.stream.set_zero_linger();
        }
    }
}

macro_rules! unless_held {
    ($self:ident, $context:ident) => {
        match $self.control.held($context) {
            Some(Poll::Ready(error)) => return Poll::Ready(Err(error)),
            Some(Poll::Pending) => return Poll::Pending,
            None => {}
        }
    };
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        unless_held!(self, context);
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        unless_held!(self, context);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        unless_held!(self, context);
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
