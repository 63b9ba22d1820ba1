"""Tips of the demonstration's citizens, sent through the functions of the public door."""

from random import Random

from tips import actions
from tips.crypto import receipts
from tips.demo.stories import Teller, pick_random
from tips.models.vocabulary import SetAside

SEED = 7
ANSWERED = 0.5  # of the stories to which their sender adds something later


def main(count: str) -> None:
    """So many of this hour, properly sealed, some with a message of the citizen's."""
    rng = Random(SEED)
    teller = Teller(rng)
    for _ in range(int(count)):
        told = teller.tell("story")
        receipt = actions.receive_tip(
            fields=told.form.tip,
            idempotency_key=receipts.new_idempotency_key(),
            language="en",
            set_aside=SetAside.NO,
        )
        if "answer" in told.story and receipt.code and rng.random() < ANSWERED:
            actions.receive_message(
                code=receipt.code,
                message=pick_random(told.story["answer"], rng),
                photos=(),
                idempotency_key=receipts.new_idempotency_key(),
            )
