"""The tracker's source shortened: what it says stays the same."""

import pytest

from zoco.collector.live.shortening import TemplateFound, shortened
from zoco.collector.live.tracker import SOURCE


def test_comments_and_spaces_go_and_declared_names_become_short() -> None:
    script = """
/* A comment. */
const first = 1, second = (given, { key: taken }) => given + +taken; // "no"
""".replace(' // "no"', "")

    assert shortened(script) == "const c=1,d=(a,{key:b})=>a+ +b;"


def test_keys_texts_patterns_and_names_of_others_stay() -> None:
    script = (
        'let size = 1; const told = { size, length: size }; const go = (x) => /[/"] size/g.test(x.size) '
        '? "size  told" : told?.size / size / 2; document.size = go;'
    )

    assert shortened(script) == (
        'let size=1;const a={size,length:size},b=(c)=>/[/"] size/g.test(c.size)'
        '?"size  told":a?.size/size/2;document.size=b;'
    )


def test_what_is_short_stays_as_it_is() -> None:
    once = shortened(SOURCE.read_text("utf-8"))

    assert len(shortened(once)) == len(once)
    assert "document.currentScript" in once
    assert "/*" not in once


def test_declarations_become_one_and_blocks_end_without_a_semicolon() -> None:
    script = """
const one = 1; const two = () => { let three = 3; let four; if (three) four = 4; };
let five = 5; const six = [6]; for (const each of six) { while (five--); } const last = 7;
if (six) ; else { do ; while (two()); }
"""

    assert shortened(script) == (
        "const f=1,b=()=>{let c=3,d;if(c)d=4};let e=5;const a=[6];for(const g of a){while(e--);}const h=7;"
        "if(a);else{do;while(b());}"
    )


def test_template_literals_are_refused() -> None:
    with pytest.raises(TemplateFound):
        shortened("const a = `b`;")
