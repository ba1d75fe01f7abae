//! What the library believes is a socket of its own: one peer's end of the shared port.

use super::mailbox::Mailbox;
use super::port::Wire;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

#[derive(Debug)]
pub(super) struct VirtualSocket {
    pub(super) wire: Arc<Wire>,
    pub(super) mailbox: Arc<Mailbox>,
    /// What the library believes it is bound to. Nobody outside ever sees it.
    pub(super) local: SocketAddr,
}

impl AsyncUdpSocket for VirtualSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        // Never to an address that has not proven itself: an offer must not be able to aim the server at somebody.
        if let Ok(source) = self.mailbox.path_to(transmit.destination) {
            self.wire.send(transmit.destination, source, transmit.contents);
        }
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut filled = 0;
        for (buf, meta) in bufs.iter_mut().zip(meta.iter_mut()) {
            let Some((from, len)) = self.mailbox.take(self.local.is_ipv6(), buf, cx.waker()) else { break };
            *meta = RecvMeta::default();
            (meta.addr, meta.len, meta.stride) = (from, len, len.max(1));
            filled += 1;
        }
        if filled == 0 { Poll::Pending } else { Poll::Ready(Ok(filled)) }
    }
}
