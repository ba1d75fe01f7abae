# The lite model sees no irises: it cannot tell wandering eyes, and the report says so.
device-check
lite-model
0:00 speak 140
0:20 look eyes-aside
0:50 end
expect no hint look_at_camera
expect words "sees neither irises nor lids"
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
