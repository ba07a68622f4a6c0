"""Languages and directions that the text itself shows."""

import pytest

from docpack.model import Direction
from docpack.reflow.language import direction_of_letters, guess_language

TEXTS = {
    "en": "The harbour master kept his books in a small tin box, and nobody had ever seen him write in it by day. ",
    "de": "Der alte Wärter verließ den Turm und nahm nichts mit als den Schirm, der ihm nicht gehörte, und das war es. ",
    "fr": "Le gardien du phare était à l’étage et il ne voulait pas que les gens du port le sachent dans la ville. ",
    "es": "El guardián del faro no quería que la gente del puerto lo supiera, y por eso no salía de la torre con luz. ",
    "ru": "Смотритель маяка не хотел, чтобы люди в порту узнали об этом, и поэтому он не выходил из башни на свет. ",
    "he": "שומר המגדלור הזקן עזב את המגדל ביום שלישי בבוקר, ולא לקח איתו דבר מלבד המטרייה והמשקפת. ",
    "ja": "港の長は小さな箱に帳簿をしまっていた。昼間にそれを書いているのを見た者は誰もいなかった。",
    "zh": "港口的主管把账簿放在一个小铁盒里，没有人见过他在白天写字。有一天早上盒子不见了，谁也没有说什么。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_is_known_by_its_commonest_words_or_its_script(language):
    assert guess_language(TEXTS[language] * 4) == language


@pytest.mark.parametrize("text", ["", "A few words.", "Qwx zrt plm. " * 40, "1 2 3 4 " * 100])
def test_an_unsure_guess_is_none(text):
    assert guess_language(text) == "und"


def test_the_direction_is_known_where_the_language_is_not():
    assert direction_of_letters("סוף") is Direction.RTL
    assert direction_of_letters("نهاية") is Direction.RTL
    assert direction_of_letters("The end of סוף") is Direction.LTR
    assert direction_of_letters("") is Direction.LTR
