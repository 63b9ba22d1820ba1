"""What the public role may read: published items with the texts that show, and nothing else of them.

A view runs with its owner's rights; as a security barrier it lets no condition of its reader look
at a row before the view's own conditions have.
"""

from django.db import migrations, models

ITEMS = """
CREATE VIEW campaign_published WITH (security_barrier) AS
SELECT
  item.id,
  item.family,
  item.slug,
  jsonb_build_object(
    'position', item.position,
    'published', item.published,
    'source', item.source,
    'source_url', item.source_url,
    'checked_on', item.checked_on
  ) || CASE item.family
    WHEN 'contact' THEN (
      SELECT jsonb_build_object(
        'number', kind.number, 'always', kind.always, 'confirmed_on', kind.confirmed_on,
        'out_of_order', kind.out_of_order, 'instead', instead.slug)
      FROM campaign_contact kind
      LEFT JOIN campaign_item instead ON instead.id = kind.instead_id AND instead.published
      WHERE kind.item_ptr_id = item.id)
    WHEN 'page' THEN (
      SELECT jsonb_build_object('on', page.slug)
      FROM campaign_page kind
      LEFT JOIN campaign_item page ON page.id = kind.on_id AND page.published
      WHERE kind.item_ptr_id = item.id)
    WHEN 'question' THEN (
      SELECT jsonb_build_object('on', page.slug)
      FROM campaign_question kind
      LEFT JOIN campaign_item page ON page.id = kind.on_id AND page.published
      WHERE kind.item_ptr_id = item.id)
    WHEN 'type' THEN (
      SELECT jsonb_build_object('seen', kind.seen)
      FROM campaign_traffickingtype kind WHERE kind.item_ptr_id = item.id)
    WHEN 'sign' THEN (
      SELECT jsonb_build_object(
        'group', kind."group", 'strength', kind.strength, 'on_form', kind.on_form,
        'types', (
          SELECT coalesce(jsonb_agg(type.slug ORDER BY type.slug COLLATE "C"), '[]')
          FROM campaign_sign_types link
          JOIN campaign_item type ON type.id = link.traffickingtype_id AND type.published
          WHERE link.sign_id = item.id))
      FROM campaign_sign kind WHERE kind.item_ptr_id = item.id)
    WHEN 'provision' THEN (
      SELECT jsonb_build_object('law', kind.law, 'number', kind.number)
      FROM campaign_provision kind WHERE kind.item_ptr_id = item.id)
    WHEN 'milestone' THEN (
      SELECT jsonb_build_object('when', kind."when", 'home', kind.home)
      FROM campaign_milestone kind WHERE kind.item_ptr_id = item.id)
    WHEN 'material' THEN (
      SELECT jsonb_build_object(
        'layout', kind.layout,
        'signs', (
          SELECT coalesce(jsonb_agg(sign.slug ORDER BY sign.slug COLLATE "C"), '[]')
          FROM campaign_material_signs link
          JOIN campaign_item sign ON sign.id = link.sign_id AND sign.published
          WHERE link.material_id = item.id))
      FROM campaign_material kind WHERE kind.item_ptr_id = item.id)
    WHEN 'phrase' THEN (
      SELECT jsonb_build_object('use', kind.use)
      FROM campaign_phrase kind WHERE kind.item_ptr_id = item.id)
    WHEN 'notice' THEN (
      SELECT jsonb_build_object('starts', kind.starts, 'ends', kind.ends)
      FROM campaign_notice kind WHERE kind.item_ptr_id = item.id)
  END AS values,
  (SELECT coalesce(jsonb_object_agg(text.language, jsonb_build_object(
      'title', text.title, 'summary', text.summary, 'body', text.body,
      'picture_words', text.picture_words, 'state', text.state)), '{}')
    FROM campaign_text text
    WHERE text.item_id = item.id AND text.state <> 'draft' AND text.title <> '') AS texts
FROM campaign_item item
-- Sentences for answers stand on no page.
WHERE item.published AND item.family <> 'reply'
"""
PICTURES = """
CREATE VIEW campaign_published_picture WITH (security_barrier) AS
SELECT picture.digest, picture.item_id, picture.width, picture.height,
  picture.small, picture.large, picture.fallback
FROM campaign_picture picture
JOIN campaign_item item ON item.id = picture.item_id AND item.published
WHERE EXISTS (
  SELECT FROM campaign_text text
  WHERE text.item_id = item.id AND text.language = 'en' AND text.state <> 'draft')
"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0002_awareness_site")]

    operations = [
        migrations.RunSQL(ITEMS, "DROP VIEW campaign_published"),
        migrations.RunSQL(PICTURES, "DROP VIEW campaign_published_picture"),
        migrations.CreateModel(
            name="PublishedItem",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("family", models.TextField()),
                ("slug", models.TextField()),
                ("values", models.JSONField()),
                ("texts", models.JSONField()),
            ],
            options={"db_table": "campaign_published", "managed": False},
        ),
        migrations.CreateModel(
            name="PublishedPicture",
            fields=[
                ("digest", models.TextField(primary_key=True, serialize=False)),
                ("item_id", models.BigIntegerField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("small", models.BinaryField()),
                ("large", models.BinaryField()),
                ("fallback", models.BinaryField()),
            ],
            options={"db_table": "campaign_published_picture", "managed": False},
        ),
    ]
