"""Landscapes and paths: what is drawn is what was computed."""

import torch

from torchstone.kit import landscapes, plots


def test_a_quadratic_has_the_values_and_slopes_of_its_matrix():
    A = torch.tensor([[2.0, 0.5], [0.5, -1.0]])
    f, x = landscapes.quadratic(A), torch.tensor([3.0, -2.0], requires_grad=True)
    f(x).backward()
    torch.testing.assert_close(f(x).detach(), torch.tensor(0.5 * (2 * 9 - 2 * 0.5 * 6 - 4)))
    torch.testing.assert_close(x.grad, A @ x.detach())
    grid = torch.randn(4, 5, 2)
    torch.testing.assert_close(f(grid)[2, 3], f(grid[2, 3]))


def test_contours_cover_the_rectangle_that_was_asked_for():
    fig, ax = plots.figure()
    landscapes.contours(ax, landscapes.quadratic(torch.eye(2)), (-1, 2), (-3, 1), levels=[0.5])
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 2), (-3, 1))
    (circle,) = ax.collections[0].get_paths()
    radius = torch.from_numpy(circle.vertices).norm(dim=1)
    inside = radius[radius < 0.99 * radius.max()] if radius.max() > 1.01 else radius
    torch.testing.assert_close(inside, torch.ones_like(inside), atol=0.01, rtol=0)
    plots.show(fig, alt="a circle")


def test_a_path_goes_through_every_point_and_differs_from_the_next_in_more_than_colour():
    fig, ax = plots.figure()
    points = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], requires_grad=True)
    landscapes.path(ax, points, "one", 0)
    landscapes.path(ax, points, "two", 1, every=2)
    one, two = ax.get_lines()
    torch.testing.assert_close(torch.tensor(one.get_xydata()), points.detach().double())
    assert (one.get_label(), two.get_markevery()) == ("one", 2)
    assert one.get_color() != two.get_color()
    assert one.get_marker() != two.get_marker()
    assert one.get_linestyle() != two.get_linestyle()
    plots.show(fig, alt="two paths")
