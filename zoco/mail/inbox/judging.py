"""What a server's words mean, as channels ask for it: for the address, or for the whole destination."""

from functools import lru_cache

from zoco.channels.judging import Judged
from zoco.mail.answers.fates import Effect, fate_of
from zoco.mail.answers.judging import judged
from zoco.mail.answers.kinds import Failure
from zoco.mail.answers.smtp import reply_in, status_in


@lru_cache(maxsize=1_024)
def said_judge(said: str) -> Judged:
    """Return what words mean; without a code of a server they are our own, and weigh nothing."""
    status, reply = status_in(said), reply_in(said)
    verdict = judged(diagnostic=said, around="", status=status, reply=reply)
    fate = fate_of(Failure("", reason=verdict.reason, is_hard=verdict.is_hard))
    is_servers = bool(status or reply)
    return Judged(
        is_dead=fate.effect is Effect.SUPPRESS,
        weight=fate.weight if is_servers and fate.effect is Effect.COUNT else 0.0,
        is_block=is_servers and fate.effect is Effect.PAUSE_DOMAIN,
        is_slow=is_servers and fate.effect is Effect.SLOW_DOMAIN,
        rule=verdict.rule,
        source=verdict.source,
        reason=verdict.reason.value,
        code=status or reply,
    )
