"""Orders by weekday and hour."""


def test_an_order_is_in_the_hour_of_its_first_sale_line_once(shop):
    shop(
        ("1", "2011-01-05 10:59:59"),
        ("1", "2011-01-05 11:00:00"),
        ("2", "2011-01-12 10:00:00"),
        ("3", "2011-01-09 23:30:00"),
        ("4", "2011-01-10 00:00:00"),
        ("4", "2011-01-09 12:00:00", "1", 1, "0.00"),
        ("C5", "2011-01-05 10:00:00", "1", -1),
    )
    assert shop.show("order-hours").to_numpy().tolist() == [
        ["Monday", 0, 1],
        ["Wednesday", 10, 2],
        ["Sunday", 23, 1],
    ]


def test_without_an_order_there_is_no_row(shop):
    shop(("C5", "2011-01-05 10:00:00", "1", -1))
    hours = shop.show("order-hours")
    assert hours.empty
    assert [*hours.columns] == ["weekday", "hour", "orders"]
