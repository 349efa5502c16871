//! HTTP/1.1 with keep-alive, as little of it as a server's answer to a POST needs, so that the load maker costs next to nothing.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest answer, in bytes.
const LONGEST: usize = 64 << 20;

pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 << 10], filled: 0 })
    }

    /// Sends a whole request and reads the whole answer: status and body.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let head = loop {
            self.fill().await?;
            if let Some(end) = memchr::memmem::find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break end + 4;
            }
        };
        let (status, length) = read_head(&self.buffer[..head])?;
        let whole = head + length;
        while self.filled < whole {
            self.fill().await?;
        }
        Ok((status, &self.buffer[head..whole]))
    }

    async fn fill(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            if self.filled >= LONGEST {
                return Err(Error::new(ErrorKind::InvalidData, "the answer is longer than any should be"));
            }
            self.buffer.resize(self.filled * 2, 0);
        }
        let count = self.stream.read(&mut self.buffer[self.filled..]).await?;
        if count == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
        self.filled += count;
        Ok(())
    }
}

/// Status and Content-Length.
fn read_head(head: &[u8]) -> Result<(u16, usize)> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidData, format!("{what}: {}", String::from_utf8_lossy(head)));
    let text = str::from_utf8(head).map_err(|_| wrong("not text"))?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(|| wrong("no status"))?;
    for line in text.split("\r\n").skip(1) {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            return Ok((status, value.trim().parse().map_err(|_| wrong("no length"))?));
        }
    }
    Err(wrong("no Content-Length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        assert_eq!(read_head(b"HTTP/1.1 200 OK\r\nX: y\r\ncontent-Length: 12\r\n\r\n").unwrap(), (200, 12));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(read_head(b"HTTP/1.1 xxx OK\r\nContent-Length: 1\r\n\r\n").is_err());
    }
}
