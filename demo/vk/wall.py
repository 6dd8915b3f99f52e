"""One owner's wall: what is on it now. Every method here is a change that happens at this moment."""

from __future__ import annotations

from demo.vk.items import Comment, Post
from demo.vk.ordered import Ordered
from demo.vk.search import SearchIndex


class Wall:
    """Posts and comments share one row of ids, as in VK."""

    def __init__(self, owner_id: int, index: SearchIndex) -> None:
        self.owner_id = owner_id
        self.posts: dict[int, Post] = {}  #: all that were ever added, also those still to come
        self.comments: dict[int, Comment] = {}
        self.pinned: Post | None = None
        self._index = index
        self._by_filter: dict[str, Ordered[Post]] = {f: Ordered() for f in ("all", "owner", "others")}
        self._last_id = 0

    def new_id(self, wished: int | None) -> int:
        """The wished id, or the next one. Raises ValueError when it is taken."""
        new = wished if wished is not None else self._last_id + 1
        if new in self.posts or new in self.comments:
            raise ValueError(f"wall {self.owner_id} has {new} already")
        self._last_id = max(self._last_id, new)
        return new

    def visible_post(self, post_id: int) -> Post | None:
        post = self.posts.get(post_id)
        return post if post is not None and post.is_visible else None

    def visible_comment(self, comment_id: int) -> Comment | None:
        """The comment, or its placeholder. None when it is gone, with its post too, or still to come."""
        comment = self.comments.get(comment_id)
        if comment is None or not comment.is_visible or self.visible_post(comment.post_id) is None:
            return None
        return comment

    def count(self, which: str) -> int:
        return len(self._by_filter[which])

    def page(self, which: str, offset: int, count: int) -> list[Post]:
        """Newest first, the pinned post before all. Hidden posts take their place in it: leave them out."""
        posts, pinned = self._by_filter[which], self.pinned
        if pinned is None or which not in self._filters_of(pinned):
            return posts.page(offset, count, newest_first=True)
        page = [pinned] if offset == 0 and count else []
        newer = posts.place(pinned.key, newest_first=True)
        # The pinned post left its own place: what is newer than it moves down by one.
        places = (i - 1 if i <= newer else i for i in range(max(offset, 1), min(offset + count, len(posts))))
        return page + [posts.at(place, newest_first=True) for place in places]

    def publish(self, post: Post) -> None:
        post.is_visible = True
        for which in self._filters_of(post):
            self._by_filter[which].add(post)
        if not post.is_hidden:
            self._index.add(post)

    def pin(self, post: Post | None) -> None:
        """Pin it in place of whatever was pinned; a post that is gone by now stays unpinned."""
        self.pinned = post if post is not None and post.is_visible else None

    def edit_post(self, post: Post, text: str, edited: int) -> None:
        if post.is_visible:
            self._index.discard(post)
            post.text, post.edited = text, edited
            if not post.is_hidden:
                self._index.add(post)

    def remove_post(self, post: Post) -> None:
        """The comments under it go with it."""
        if post.is_visible:
            post.is_visible = False
            self._index.discard(post)
            for which in self._filters_of(post):
                self._by_filter[which].discard(post)
            if self.pinned is post:
                self.pinned = None

    def add_comment(self, comment: Comment) -> None:
        """Show it. A reply whose thread is gone by now never appears: nobody could have written it."""
        post = self.posts[comment.post_id]
        level = post.top
        if comment.parents:
            top = self.comments[comment.parents[0]]
            if not top.is_visible:
                return
            level = top.replies
        comment.is_visible = True
        level.add(comment)
        post.comments_count += 1

    def remove_comment(self, comment: Comment) -> None:
        """A comment with a living thread leaves a placeholder, which goes with its last reply."""
        if not comment.is_visible:
            return
        if comment.replies_count:
            comment.is_deleted = True
            return
        self._take_out(comment)
        if comment.parents:
            top = self.comments[comment.parents[0]]
            if top.is_deleted and not top.replies_count:
                self._take_out(top)

    def _take_out(self, comment: Comment) -> None:
        comment.is_visible = False
        comment.is_deleted = True
        post = self.posts[comment.post_id]
        level = self.comments[comment.parents[0]].replies if comment.parents else post.top
        level.discard(comment)
        post.comments_count -= 1

    def _filters_of(self, post: Post) -> tuple[str, str]:
        return "all", "owner" if post.from_id == self.owner_id else "others"
