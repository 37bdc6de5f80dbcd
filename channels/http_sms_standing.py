"""What can be known of a local gateway without sending an SMS: that it is there."""

import asyncio
import ssl
from urllib.parse import urlsplit

from channels.asking import Standing
from channels.config import ChannelConfig
from channels.http_sms_file import read_gateway
from channels.http_sms_line import line_of


async def standing(config: ChannelConfig) -> list[Standing]:
    """Whether the gateway's host takes a connection; nothing is sent over it."""
    gateway = read_gateway(config.http_sms_file or "")
    address = urlsplit(line_of(gateway, config).url)
    secure = address.scheme == "https"
    host, port = address.hostname or "", address.port or (443 if secure else 80)
    try:
        _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context() if secure else None)
    except ssl.SSLError:
        return [
            (False, f"the certificate of the gateway at {host} is not good", "ask its operator; messages do not leave until it is mended")
        ]
    except OSError:
        return [
            (False, f"the gateway at {host} cannot be reached", "check WEERKLANK_HTTP_SMS_URL, the network, and that the gateway is on")
        ]
    writer.close()
    return [(True, f"the gateway at {host} is there", "send yourself a message to know more")]
